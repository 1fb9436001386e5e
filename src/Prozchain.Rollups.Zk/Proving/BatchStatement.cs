using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Zk.Hashing;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>
/// What the proof of a batch says: every fact that is public, in docs/formats/rollups-zk-proof.md. What the settlement layer asks about
/// (<see cref="Asked"/>) is worked out from it, by the same functions as everywhere.
/// </summary>
internal sealed record BatchStatement
{
    /// <summary>The version of the rules that the circuit has.</summary>
    public const byte Protocol = 1;

    /// <summary>Names keys, permutation and rollup (<see cref="BatchRules"/>).</summary>
    public required Digest32 Setup { get; init; }

    /// <summary>The rollup's number.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The version of the rules.</summary>
    public byte ProtocolVersion { get; init; } = Protocol;

    /// <summary>The state root before the batch.</summary>
    public required Digest32 RootBefore { get; init; }

    /// <summary>The exit root of the batch before; zero before the first.</summary>
    public Digest32 ExitRootBefore { get; init; }

    /// <summary>The state root after it.</summary>
    public required Digest32 RootAfter { get; init; }

    /// <summary>Which steps are proven; null for the whole batch. Then what leaves is listed from the batch's start on, and the root after is that after these steps.</summary>
    public BatchPart? Part { get; init; }

    /// <summary>The Inbox's head at the batch before, which says where the chain of forced items stands; null of the first batch.</summary>
    public InboxHead? Previous { get; init; }

    /// <summary>Where the bytes are. Those of no other kind than <see cref="SourceKind.OffChain"/> are read.</summary>
    public SourceKind Kind { get; init; } = SourceKind.OffChain;

    /// <summary>Whether the settlement layer declared the bytes withheld: then they are not read.</summary>
    public bool IsWithheld { get; init; }

    /// <summary>Whether the batch's own payments count: the bytes have no fault.</summary>
    public bool IsLive { get; init; }

    /// <summary>What names bytes that are not read; zero where they are.</summary>
    public Digest32 Unread { get; init; }

    /// <summary>How many bytes there are; 0 where they are not read.</summary>
    public ulong Length { get; init; }

    /// <summary>The hashes of the chunks of the bytes; of more bytes than a batch may have, the root over them.</summary>
    public IReadOnlyList<Digest32> Chunks { get; init; } = [];

    /// <summary>The first bytes, as <see cref="PostedHead"/> reads them.</summary>
    public ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>The list's root and count, which mean nothing here, as they were posted.</summary>
    public Digest32 Items { get; init; }

    /// <inheritdoc cref="Items"/>
    public ulong Count { get; init; }

    /// <summary>The batch's time, in seconds since 1970.</summary>
    public ulong Time { get; init; }

    /// <summary>The settlement layer's block that it is in.</summary>
    public ulong Block { get; init; }

    /// <summary>That block's time, in seconds since 1970.</summary>
    public ulong BlockTime { get; init; }

    /// <summary>The forced items that it takes, oldest first; with their indices, without their heads.</summary>
    public IReadOnlyList<ForcedItem> Forced { get; init; } = [];

    /// <summary>What leaves, in order.</summary>
    public IReadOnlyList<BatchExit> Exits { get; init; } = [];

    /// <summary>The payloads of messages, in order of their transactions: of all that were posted, if own payments count, and of forced ones that leave.</summary>
    public IReadOnlyList<MessagePayload> Payloads { get; init; } = [];

    /// <summary>The batch's number.</summary>
    public ulong Number => Previous is { } previous ? previous.Number + 1 : 0;

    /// <summary>Whether the bytes are read.</summary>
    public bool IsRead => Kind == SourceKind.OffChain && !IsWithheld;

    /// <summary>What names the bytes.</summary>
    public Digest32 Data => IsRead ? ChunkCommitment.Commit(Length, ChunkCommitment.RootOf([.. Chunks])) : Unread;

    /// <summary>Index of the first forced item.</summary>
    public ulong FirstForced => Previous?.ForcedTaken ?? 0;

    /// <summary>The Inbox's head at the batch.</summary>
    public InboxHead Inbox
    {
        get
        {
            Digest32 forced = Previous?.ForcedHead ?? default;
            foreach (ForcedItem item in Forced) forced = item.HeadAfter(forced);
            Digest32 commitment = InboxHead.CommitmentOf(Data, Items, Count, Time);
            return new(Previous?.Digest() ?? default, Number, Kind, commitment, FirstForced + (ulong)Forced.Count, forced, Block, BlockTime);
        }
    }

    /// <summary>The state root before what is proven.</summary>
    public Digest32 FirstRoot => Part?.RootBefore ?? RootBefore;

    /// <summary>What leaves, as the settlement layer counts it.</summary>
    /// <exception cref="ArgumentException">A message leaves of which there is no payload.</exception>
    public EffectLog Effects() => Log(withdrawals: true, Exits.Count);

    /// <summary>Root over the messages that leave: of a log that has nothing else.</summary>
    /// <exception cref="ArgumentException">A message leaves of which there is no payload.</exception>
    public Digest32 MessageRoot() => Log(withdrawals: false, Exits.Count).ExitRoot();

    /// <summary>The statement that the settlement layer asks about.</summary>
    /// <exception cref="ArgumentException">A message leaves of which there is no payload, or less left than the part says.</exception>
    public ProofStatement Asked()
    {
        EffectLog effects = Effects();
        Digest32 start = ProofStatement.LeafOf(RootBefore, ExitRootBefore), final = ProofStatement.LeafOf(RootAfter, effects.ExitRoot());
        if (Part is not { } part) return new(start, final, Inbox.Digest());
        if (part.Exits > Exits.Count) throw new ArgumentException($"Expected at least {part.Exits} exits, got {Exits.Count}.");
        if (part.From > 0) start = StepMachine.Bare(part.RootBefore, Log(withdrawals: true, (int)part.Exits).ExitRoot(), part.Exits, RootBefore).Leaf();
        if (!part.IsEnd) final = StepMachine.Bare(RootAfter, effects.ExitRoot(), (ulong)effects.Count, RootBefore).Leaf();
        return new(start, final, Inbox.Digest()) { From = part.From, To = part.To };
    }

    /// <summary>Keccak-256 of the encoding: what the challenges of all proofs follow from.</summary>
    /// <exception cref="ArgumentException">A part that nobody reads.</exception>
    public Digest32 Digest()
    {
        var bytes = new ArrayBufferWriter<byte>();
        BatchStatementWire.Write(this, bytes);
        Span<byte> digest = stackalloc byte[Digest32.Size];
        Keccak256.Hash(bytes.WrittenSpan, digest);
        return new Digest32(digest);
    }

    /// <summary>Whether each message that leaves has a payload.</summary>
    internal bool HasPayloads()
    {
        HashSet<uint> posted = [.. Payloads.Select(static payload => payload.Transaction)];
        return Exits.All(exit => exit.Kind != EffectKind.Message || posted.Contains(exit.Transaction));
    }

    private EffectLog Log(bool withdrawals, int count)
    {
        if (!HasPayloads()) throw new ArgumentException("Expected the payload of each message that leaves, got none of one.");
        Dictionary<uint, ReadOnlyMemory<byte>> payloads = Payloads.ToDictionary(static payload => payload.Transaction, static payload => payload.Bytes);
        var log = new EffectLog();
        log.Begin(new BatchContext(ChainId, Number, Time, 0));
        foreach (BatchExit exit in Exits.Take(count))
        {
            if (exit.Kind == EffectKind.Message) log.Send(AccountAddress.FromNumber(exit.Account), exit.Recipient, payloads[exit.Transaction].Span);
            else if (withdrawals) log.Withdraw(exit.Token, exit.Amount, exit.Recipient);
        }
        return log;
    }
}
