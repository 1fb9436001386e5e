using System.Collections.Immutable;
using System.Numerics;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Evm;
using C = Prozchain.Rollups.Evm.InboxContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/Inbox.sol in process.</summary>
internal class InboxTwin : ContractTwin<InboxTwin.Storage>
{
    private const ulong FeeDoubling = 50, MaxDoublings = 20;

    private static readonly UInt128 s_baseFee = 1_000_000_000_000_000;

    private readonly L1Address _sequencer;
    private readonly ImmutableHashSet<L1Address> _committee;
    private readonly BigInteger _threshold;

    /// <summary>From the constructor's arguments, which are sound.</summary>
    private protected InboxTwin(AbiValue arguments)
    {
        (_sequencer, _committee, _threshold) = (arguments[0].ToAddress(), [], arguments[2].ToUInteger());
        foreach (AbiValue member in arguments[1].Items) _committee = _committee.Add(member.ToAddress());
        On(C.AppendCalldata, (call, a) => Append(call, a[0].ToUInt64(), InboxDataKind.Calldata, new Digest32(Hashing.Keccak(a[1].Bytes.Span)), (ulong)a[1].Bytes.Length, a[2].ToUInt64(), a[3]));
        On(C.AppendBlobs, (call, a) => Blobs(call, a[0].ToUInt64(), a[1], a[2].ToUInt64(), a[3]));
        On(C.AppendCertified, (call, a) => Certified(call, a[0].ToUInt64(), a[1].ToDigest(), a[2].ToUInt64(), a[3].Bytes.Span, a[4].ToUInt64(), a[5]));
        On(C.Enqueue, (call, a) => [Enqueue(call, a[0].Bytes)], isPayable: true);
        On(C.Collect, (call, _) => Collect(call));
        On(C.ForcedFee, (call, _) => [Fee(call.State)]);
        On(C.QueuedAt, (call, a) => [QueuedAt(call, a[0].ToUInt64())]);
        On(C.IsOpen, (call, _) => [IsOpen(call)]);
        On(C.BatchCount, (call, _) => [(ulong)call.State.BatchHeads.Count]);
        On(C.ForcedCount, (call, _) => [(ulong)call.State.Forced.Count]);
        On(C.ForcedTaken, (call, _) => [call.State.Taken]);
        On(C.LastTime, (call, _) => [call.State.LastTime]);
        On(C.BatchHead, (call, _) => [HeadOf(call.State.BatchHeads, (ulong)call.State.BatchHeads.Count)]);
        On(C.BatchHeads, (call, a) => [a[0].ToUInt64() < (ulong)call.State.BatchHeads.Count ? call.State.BatchHeads[(int)a[0].ToUInt64()] : default]);
        On(C.ForcedHeads, (call, a) => [a[0].ToUInt64() < (ulong)call.State.Forced.Count ? call.State.Forced[(int)a[0].ToUInt64()].Head : default]);
        On(C.Earned, (call, a) => [call.State.Earned.GetValueOrDefault(a[0].ToAddress())]);
        On(C.CertificateDigest, (call, a) => [Digest(call, a[0].ToDigest(), a[1].ToUInt64())]);
    }

    public override object Genesis => new Storage([], [], 0, 0, 0, ImmutableDictionary<L1Address, UInt128>.Empty);

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments; null if it would revert.</summary>
    public static InboxTwin? Create(AbiValue arguments) => IsSound(arguments) ? new InboxTwin(arguments) : null;

    private protected static bool IsSound(AbiValue arguments) => arguments[2].ToUInteger() <= arguments[1].Items.Length;

    private static Digest32 HeadOf(ImmutableList<Digest32> heads, ulong count) => count == 0 ? default : heads[(int)count - 1];

    private static Digest32 Digest(TwinCall<Storage> call, Digest32 data, ulong length) => C.DigestOfCertificate(call.Frame.ChainId, call.Frame.Self, data, length);

    private static UInt128 Fee(Storage state) => s_baseFee << (int)Math.Min(MaxDoublings, ((ulong)state.Forced.Count - state.Taken) / FeeDoubling);

    private static ulong QueuedAt(TwinCall<Storage> call, ulong index) =>
        index < (ulong)call.State.Forced.Count ? call.State.Forced[(int)index].QueuedAt : throw ContractRevert.IndexOutOfRange();

    private static bool IsOpen(TwinCall<Storage> call) =>
        call.State.Taken < (ulong)call.State.Forced.Count && call.Now > call.State.Forced[(int)call.State.Taken].QueuedAt + C.OpenDelaySeconds;

    private static AbiValue Enqueue(TwinCall<Storage> call, ReadOnlyMemory<byte> data)
    {
        Storage state = call.State;
        UInt128 fee = Fee(state);
        call.Require(call.Value >= fee, "FeeTooLow", fee, call.Value);
        call.Require(data.Length <= C.MaxForcedBytes, "TooLong", (ulong)C.MaxForcedBytes, (ulong)data.Length);
        ulong index = (ulong)state.Forced.Count;
        Digest32 head = C.NextForcedHead(index == 0 ? default : state.Forced[^1].Head, call.Sender, data.Span, call.Frame.Block.Number, call.Now);
        call.State = state with { Forced = state.Forced.Add(new Item(head, call.Now)), FeePool = state.FeePool + fee };
        call.Emit(C.ForcedQueued, index, call.Sender, head, call.Now, AbiValue.Of(data));
        if (call.Value > fee) call.Pay(call.Sender, call.Value - fee);
        return index;
    }

    private static void Collect(TwinCall<Storage> call)
    {
        UInt128 amount = call.State.Earned.GetValueOrDefault(call.Sender);
        call.Require(amount > 0, "NothingEarned");
        call.State = call.State with { Earned = call.State.Earned.SetItem(call.Sender, 0) };
        call.Pay(call.Sender, amount);
    }

    private static void CheckList(TwinCall<Storage> call, AbiValue list)
    {
        ulong least = Math.Max(checked(call.Now - C.MaxAgeSeconds), call.State.LastTime), count = list[1].ToUInt64(), time = list[2].ToUInt64();
        call.Require(time >= least && time <= call.Now, "WrongTime", least, call.Now, time);
        call.Require(count <= C.MaxItems, "TooLong", C.MaxItems, count);
        call.Require(count != 0 || list[0].ToDigest() == default, "WrongList");
    }

    private void Certified(TwinCall<Storage> call, ulong number, Digest32 data, ulong length, ReadOnlySpan<byte> signatures, ulong forced, AbiValue list)
    {
        Digest32 digest = Digest(call, data, length);
        ulong count = (ulong)(signatures.Length / L1Signature.Size);
        call.Require(count >= _threshold && signatures.Length % L1Signature.Size == 0, "TooFewSignatures", AbiValue.Of(_threshold), count);
        L1Address last = default;
        for (ulong i = 0; i < count; i++)
        {
            L1Address signer = L1Signature.Recover(digest, signatures.Slice((int)i * L1Signature.Size, L1Signature.Size));
            call.Require(signer > last && _committee.Contains(signer), "BadCertificate", i);
            last = signer;
        }
        Append(call, number, InboxDataKind.Certified, data, length, forced, list);
    }

    private void Blobs(TwinCall<Storage> call, ulong number, AbiValue count, ulong forced, AbiValue list)
    {
        BigInteger blobs = count.ToUInteger();
        IReadOnlyList<Digest32> hashes = call.Frame.BlobHashes;
        call.Require(!blobs.IsZero && blobs <= 64, "NoBlob", count);
        call.Require(hashes.Count >= blobs, "NoBlob", (ulong)hashes.Count);
        byte[] all = [.. hashes.Take((int)blobs).SelectMany(static hash => hash.Span.ToArray())];
        Append(call, number, InboxDataKind.Blobs, new Digest32(Hashing.Keccak(all)), (ulong)blobs * Blob.Size, forced, list);
    }

    private void Append(TwinCall<Storage> call, ulong number, InboxDataKind kind, Digest32 data, ulong length, ulong forced, AbiValue list)
    {
        Storage state = call.State;
        call.Require(call.Sender == _sequencer || IsOpen(call), "NotSequencer", call.Sender);
        ulong next = (ulong)state.BatchHeads.Count, waiting = (ulong)state.Forced.Count - state.Taken;
        call.Require(number == next, "WrongBatch", next, number);
        CheckList(call, list);
        call.Require(forced <= waiting && forced <= C.MaxForcedPerBatch, "WrongForcedCount", forced, waiting);
        ulong taken = state.Taken + forced;
        call.Require(
            forced == C.MaxForcedPerBatch || forced == waiting || call.Now < state.Forced[(int)taken].QueuedAt + C.ForcedDelaySeconds,
            "ForcedDue", taken);
        if (forced != 0)
        {
            UInt128 share = checked(state.FeePool * forced) / waiting;
            state = state with { Taken = taken, FeePool = state.FeePool - share, Earned = state.Earned.SetItem(call.Sender, state.Earned.GetValueOrDefault(call.Sender) + share) };
        }
        Digest32 forcedHead = taken == 0 ? default : state.Forced[(int)taken - 1].Head;
        var batch = new InboxBatch(number, call.Sender, kind, data, length, list[0].ToDigest(), list[1].ToUInt64(), list[2].ToUInt64(), taken, forcedHead, default);
        Digest32 head = C.NextBatchHead(HeadOf(state.BatchHeads, next), batch, call.Frame.Block.Number, call.Now);
        call.State = state with { BatchHeads = state.BatchHeads.Add(head), LastTime = batch.Time };
        call.Emit(C.BatchAppended, number, call.Sender, (ulong)kind, data, length, list[0], list[1], list[2], taken, forcedHead, head);
    }

    internal readonly record struct Item(Digest32 Head, ulong QueuedAt);

    internal record Storage(ImmutableList<Digest32> BatchHeads, ImmutableList<Item> Forced, ulong Taken, ulong LastTime, UInt128 FeePool, ImmutableDictionary<L1Address, UInt128> Earned);
}
