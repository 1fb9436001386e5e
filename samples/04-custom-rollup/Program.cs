// A rollup of one's own, a registry of names: who signs first has a name, says what it stands for, and gives it away. Batches are posted as
// frames and derived again from them to the same root; a light client, which has a root and a witness, runs them as well.
// Usage: custom-rollup. Exit code 0: all roots agree and every order had its due effect; else it says what did not.
using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
const ulong chain = 40;
using P256Signer alice = new([.. Enumerable.Repeat((byte)1, 32)]), bob = new([.. Enumerable.Repeat((byte)2, 32)]); // seeds that nobody else knows
using var verifier = new P256Verifier();
var rules = new DerivationRules(chain, Inbox: default, Bridge: default, FirstBlock: 0);
var (registry, codec, nonces) = (new NameRegistry(verifier), new NameCodec(), new Dictionary<P256Signer, ulong>());

// Who makes batches has a state, who derives them another; both start empty.
var deriver = new Deriver<NameOrder, KeccakTree>(rules, registry, _ => codec, codec);
var producer = new BatchProducer<NameOrder, KeccakTree>(rules, registry, _ => codec, codec, new StateStore<KeccakTree>(), deriver.Tip);
Post("two take names, both the same one too", [Order(alice, "prozchain", alice), Order(bob, "bob", bob), Order(bob, "prozchain", bob)], refused: 1);
Post("500 names", [.. Enumerable.Range(0, 500).Select(i => Order(i % 3 == 0 ? bob : alice, $"name-{i}", alice))], refused: 0);
Post("a name is given away", [Order(alice, "prozchain", bob), Order(alice, "prozchain", alice), Order(bob, "prozchain", bob)], refused: 1);

void Post(string what, NameOrder[] orders, int refused)
{
    var (authentic, failed, time) = (new bool[orders.Length], 0, 1_800_000_000 + deriver.Tip.NextBatch);
    registry.Authenticate(orders, authentic);
    Check(!authentic.Contains(false), "good signatures");
    producer.Open(origin: 0, time, forced: []);
    foreach (NameOrder order in orders) Check(producer.TryAdd(order, out _) == InclusionResult.Included, "room for the order");
    ProducedBatch made = producer.Close(out ReadOnlyMemory<byte> batch);

    // Whoever has the state records what the batch touches; with that a light client needs no state.
    var (context, run, recording, size) = (new BatchContext(chain, made.Number, time, 0), new BatchRun<NameOrder>(registry, rules.BatchCap), new RecordingState<KeccakTree>(deriver.State), new ArrayBufferWriter<byte>());
    run.Begin(context);
    Check(run.TryExecute(orders, authentic, recording), "a batch within its cap");
    StateWitness witness = recording.Witness()!;
    Check(StatelessState<KeccakTree>.TryOpen(made.PreRoot, witness, out StatelessState<KeccakTree> light), "a witness against the root before");
    run.Begin(context);
    Check(run.TryExecute(orders, authentic, light) && light.Root() == made.PostRoot, "the same root at a light client");
    witness.Write(size);

    // A settlement layer would carry these sources, and say the rest of the posting.
    var (packed, sources) = (new ArrayBufferWriter<byte>(), new List<ReadOnlyMemory<byte>>());
    ChannelContent.Write([batch], quality: 9, packed);
    Frame.Split(packed.WrittenSpan, sourceSize: 256 << 10, sources.Add);
    var posting = new PostedBatch(made.Number, default, SourceKind.Calldata, default, (ulong)sources.Single().Length, default, 0, time, 0, Block: made.Number + 1);
    ExecutedBatch? derived = deriver.Execute(posting, sources[0]);
    Check(derived is { Verdict: BatchVerdict.Executed } && derived.PostRoot == made.PostRoot, "the same root from what was posted");
    foreach (TransitionStatus status in derived!.Statuses) failed += status == TransitionStatus.Applied ? 0 : 1;
    Check(failed == refused, "orders refused that are about others' names, and no more");
    Console.WriteLine($"batch {made.Number}, {what}: {orders.Length} orders, {failed} refused, {posting.Length} bytes posted, root {made.PostRoot.ToString()[..16]} everywhere, at a light client with {size.WrittenCount} bytes of witness");
}

NameOrder Order(P256Signer sender, string name, P256Signer owner)
{
    var item = new byte[NameOrder.Size];
    BinaryPrimitives.WriteUInt64LittleEndian(item, chain);
    BinaryPrimitives.WriteUInt64LittleEndian(item.AsSpan(8), nonces[sender] = nonces.GetValueOrDefault(sender) + 1);
    Encoding.UTF8.GetBytes(name).CopyTo(item, 16);
    AccountAddress.FromPublicKey(owner.PublicKey.Span).CopyTo(item.AsSpan(48));
    Encoding.UTF8.GetBytes($"value {nonces[sender]}").CopyTo(item, 81);
    sender.PublicKey.CopyTo(item.AsMemory(113));
    sender.Sign(item.AsSpan(0, 178), item.AsSpan(178));
    return new NameOrder(item);
}

static void Check(bool isHeld, string what) => _ = isHeld ? 0 : throw new InvalidOperationException($"Expected {what}.");

/// <summary>An order is its bytes: chain (8), number (8), name (32), owner (33), value (32), key (65), signature of these (65). The name is to be the owner's and stand for the value.</summary>
internal readonly record struct NameOrder(ReadOnlyMemory<byte> Item)
{
    public const int Size = 8 + 8 + 32 + 33 + 32 + 65 + 65;
    public bool IsWellFormed => Item.Length == Size && Item.Span[48] != 0 && Key[0] == AccountAddress.P256Scheme;
    public ulong Chain => BinaryPrimitives.ReadUInt64LittleEndian(Item.Span);
    public ulong Number => BinaryPrimitives.ReadUInt64LittleEndian(Item.Span[8..]);
    public ReadOnlySpan<byte> Name => Item.Span.Slice(16, 32);
    public ReadOnlySpan<byte> OwnerAndValue => Item.Span.Slice(48, 33 + 32);
    public ReadOnlySpan<byte> Key => Item.Span.Slice(113, 65);
    public ReadOnlySpan<byte> Signed => IsWellFormed ? Item.Span[..178] : default;
}

/// <summary>The rules. Under a name's hash is its owner and value, under a key's how many orders it signed.</summary>
internal sealed class NameRegistry(ISignatureVerifier verifier) : IStateTransition<NameOrder>
{
    private static readonly ResourceUse s_use = new(ExecutionGas: 7_000, ProvingUnits: 700);
    public void Authenticate(ReadOnlySpan<NameOrder> transactions, Span<bool> results)
    {
        for (int i = 0; i < transactions.Length; i++)
            results[i] = transactions[i].IsWellFormed && verifier.Verify(transactions[i].Key, transactions[i].Signed, transactions[i].Item.Span[178..]);
    }

    public TransitionOutcome Apply<TView>(in NameOrder transaction, bool isAuthentic, in BatchContext context, TView state, EffectLog effects) where TView : IStateView =>
        new(!transaction.IsWellFormed ? TransitionStatus.Malformed : transaction.Chain != context.ChainId ? TransitionStatus.WrongChain : isAuthentic ? Apply(transaction, state) : TransitionStatus.BadSignature, s_use);

    // There are no tokens here: what comes with a message goes back.
    public TransitionOutcome ApplyInbound<TView>(in InboundMessage message, in BatchContext context, TView state, EffectLog effects) where TView : IStateView
    {
        if (message.Amount != 0) effects.Withdraw(message.Token, message.Amount, message.Sender);
        return new(message.Amount == 0 ? TransitionStatus.Applied : TransitionStatus.SentBack, s_use);
    }

    private static TransitionStatus Apply<TView>(in NameOrder order, TView state) where TView : IStateView
    {
        Digest32 account = new(SHA256.HashData(order.Key)), name = new(SHA256.HashData(order.Name));
        StateReadStatus known = state.Read(account, out ReadOnlySpan<byte> found);
        ulong before = known == StateReadStatus.Found ? BinaryPrimitives.ReadUInt64LittleEndian(found) : 0;
        StateReadStatus taken = state.Read(name, out found);
        if (known == StateReadStatus.Unknown || taken == StateReadStatus.Unknown) return TransitionStatus.MissingState;
        if (before == ulong.MaxValue || order.Number != before + 1) return TransitionStatus.WrongNonce;
        bool isAnothers = taken == StateReadStatus.Found && AccountAddress.TryRead(found[..33], out AccountAddress owner) && owner != AccountAddress.FromPublicKey(order.Key);
        state.Write(account, order.Item.Span.Slice(8, 8));
        if (!isAnothers) state.Write(name, order.OwnerAndValue);
        return isAnothers ? TransitionStatus.Reverted : TransitionStatus.Applied;
    }
}

/// <summary>What batches, derivation and sequencing ask about an order: its bytes, and what is in them. Batches might hold columns of names and numbers instead.</summary>
internal sealed class NameCodec : ITransactionCodec<NameOrder>, ITransactionAccess<NameOrder>
{
    public byte Version => 200;
    public AccountAddress SenderOf(in NameOrder transaction) => transaction.IsWellFormed ? AccountAddress.FromPublicKey(transaction.Key) : default;
    public ulong NonceOf(in NameOrder transaction) => transaction.IsWellFormed ? transaction.Number : 0;
    public UInt128 FeeOf(in NameOrder transaction) => 0;
    public int MaxSizeOf(in NameOrder transaction) => NameOrder.Size;
    public void WriteItem(in NameOrder transaction, IBufferWriter<byte> output) => output.Write(transaction.IsWellFormed ? transaction.Item.Span : throw new ArgumentException("Expected a well-formed order, got another."));
    public bool TryReadItem(ReadOnlyMemory<byte> bytes, out NameOrder transaction) => (transaction = new NameOrder(bytes).IsWellFormed ? new NameOrder(bytes) : default) != default;

    public void Write(ReadOnlySpan<NameOrder> transactions, SignatureMode signatures, ColumnWriter columns)
    {
        foreach (ref readonly NameOrder order in transactions) columns.WriteBytes(order.IsWellFormed ? order.Item.Span : throw new ArgumentException("Expected well-formed orders, got another."));
    }

    public bool TryRead(ColumnReader columns, SignatureMode signatures, Span<NameOrder> transactions)
    {
        foreach (ref NameOrder order in transactions)
            if (!columns.TryReadBytes(NameOrder.Size, out ReadOnlyMemory<byte> bytes) || !TryReadItem(bytes, out order)) return columns.Fail(BatchFault.Malformed);
        return true;
    }

    public void Hash(ReadOnlySpan<NameOrder> transactions, Span<Digest32> digests)
    {
        for (int i = 0; i < transactions.Length; i++) digests[i] = new Digest32(SHA256.HashData(transactions[i].Signed));
    }
}
