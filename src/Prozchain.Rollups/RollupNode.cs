using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups;

/// <summary>
/// Derives the rollup from the settlement log and the posted data alone: two nodes with the same log and the same data
/// reach the same state, whatever anybody asserts. Not thread-safe; one call at a time.
/// </summary>
public sealed class RollupNode
{
    private readonly RollupState _state;
    private readonly BatchExecutor _executor;
    private readonly List<DerivedBatch> _derived = [];
    private readonly Dictionary<long, byte[]> _revealed = [];
    private long _position;
    private long _forgotten;

    /// <summary>A node at the genesis; <see cref="SyncAsync"/> moves it on.</summary>
    /// <param name="genesis">What everybody agrees on.</param>
    /// <param name="log">The settlement layer.</param>
    /// <param name="data">Where batches' bytes are.</param>
    /// <param name="verifier">Checks signatures; null for a <see cref="P256Verifier"/> of the node's own.</param>
    public RollupNode(RollupGenesis genesis, ISettlementLog log, IDataPublisher data, ISignatureVerifier? verifier = null)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(data);
        verifier ??= new P256Verifier();
        Genesis = genesis;
        Log = log;
        Data = data;
        Settlement = new SettlementContract(genesis, verifier);
        _state = genesis.NewState();
        _executor = new BatchExecutor(new PaymentsTransition(genesis.ChainId, verifier), _state);
    }

    /// <summary>What the rollup started from.</summary>
    public RollupGenesis Genesis { get; }

    /// <summary>This node's replica of the settlement. For reading: the node alone applies calls to it.</summary>
    public SettlementContract Settlement { get; }

    /// <summary>Number of batches derived; below the number posted while data is missing.</summary>
    public long DerivedCount => _derived.Count;

    /// <summary>State root after all batches derived.</summary>
    public Digest32 StateRoot => _state.Root();

    /// <summary>True if the settlement made a root final that the posted data does not give: nobody challenged in time.</summary>
    public bool HasDiverged => Settlement.FinalCount <= DerivedCount && Settlement.FinalRoot != RootBefore(Settlement.FinalCount);

    internal ISettlementLog Log { get; }

    internal IDataPublisher Data { get; }

    /// <summary>A batch derived.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not below <see cref="DerivedCount"/>.</exception>
    public DerivedBatch GetBatch(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, DerivedCount);
        return _derived[(int)index];
    }

    /// <summary>The account after all batches derived.</summary>
    public AccountState GetAccount(in AccountAddress address) => _state.GetAccount(address);

    /// <summary>An independent copy of the state after all batches derived.</summary>
    public RollupState CopyState() => _state.Copy();

    /// <summary>Compares an assertion with what the posted data gives.</summary>
    public AssertionVerdict Judge(Assertion assertion)
    {
        ArgumentNullException.ThrowIfNull(assertion);
        if (assertion.BatchIndex >= DerivedCount) return AssertionVerdict.Unknown;
        DerivedBatch truth = _derived[(int)assertion.BatchIndex];
        return assertion.PreRoot == truth.PreRoot && assertion.PostRoot == truth.PostRoot ? AssertionVerdict.Right : AssertionVerdict.Wrong;
    }

    /// <summary>Reads the log to its head and derives every batch whose data can be had.</summary>
    /// <param name="progress">Told the number of batches derived, after each.</param>
    /// <param name="cancellationToken">Stops between two calls or two batches; what was done stays, and the next call goes on from there.</param>
    public async ValueTask<SyncReport> SyncAsync(IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        long firstPosition = _position, firstBatch = DerivedCount, refused = 0;
        var events = new List<SettlementEvent>();
        SettlementHead head = await Log.GetHeadAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new ArrayBufferWriter<byte>();
        for (; _position < head.Count; _position++)
        {
            buffer.ResetWrittenCount();
            long height = await Log.ReadAsync(_position, buffer, cancellationToken).ConfigureAwait(false);
            if (Settlement.Apply(height, buffer.WrittenMemory, events) != SettlementResult.Accepted) refused++;
            else NoteRevealedData(buffer.WrittenMemory);
        }
        Settlement.AdvanceTo(Math.Max(head.Height, Settlement.Height), events);

        long missing = -1;
        while (missing < 0 && DerivedCount < Settlement.BatchCount)
        {
            cancellationToken.ThrowIfCancellationRequested();
            BatchPosting posting = Settlement.GetBatch(DerivedCount);
            if (await FetchAsync(posting, cancellationToken).ConfigureAwait(false) is not { } bytes) missing = posting.Index;
            else
            {
                _derived.Add(_executor.Execute(posting, BatchRules.Open(Genesis, posting, bytes), bytes));
                progress?.Report(DerivedCount);
            }
        }
        for (; _forgotten < Math.Min(Settlement.FinalCount, DerivedCount); _forgotten++)
        {
            _derived[(int)_forgotten].Forget();
            _revealed.Remove(_forgotten);
        }
        return new SyncReport(_position - firstPosition, refused, DerivedCount - firstBatch, missing, events);
    }

    internal Digest32 RootBefore(long batchIndex) => batchIndex == 0 ? Genesis.StateRoot : _derived[(int)batchIndex - 1].PostRoot;

    internal DerivedBatch? FindBatch(long index) => index < DerivedCount ? _derived[(int)index] : null;

    internal ProveStepCall? ProveStep(long disputeId, long batchIndex, int step) =>
        FindBatch(batchIndex) is { } derived ? _executor.ProveStep(disputeId, derived, step) : null;

    private async ValueTask<ReadOnlyMemory<byte>?> FetchAsync(BatchPosting posting, CancellationToken cancellationToken)
    {
        // Whatever its bytes, a batch without transfers changes nothing and nobody can be made to show them: whoever hides
        // them must not hold up what comes after.
        if (posting.TransferCount == 0) return ReadOnlyMemory<byte>.Empty;
        if (_revealed.TryGetValue(posting.Index, out byte[]? revealed)) return revealed;
        var buffer = new ArrayBufferWriter<byte>(Math.Max(posting.Length, 1));
        bool found = await Data.TryFetchAsync(posting.DataCommitment.Span.ToArray(), buffer, cancellationToken).ConfigureAwait(false);
        // Bytes that are not the batch's tell nothing about the batch: whoever handed them over does not have it.
        if (!found || !BatchRules.IsDataOf(posting, buffer.WrittenMemory)) return null;
        return buffer.WrittenMemory;
    }

    // A step proven in a dispute puts the whole batch into the log, where it can no longer be withheld.
    private void NoteRevealedData(ReadOnlyMemory<byte> call)
    {
        if (DerivedCount == Settlement.BatchCount || !SettlementCall.TryRead(call, out SettlementCall? read)) return;
        if (read?.Payload is not ProveStepCall prove || Settlement.FindDispute(prove.DisputeId) is not { } dispute) return;
        if (dispute.Assertion.BatchIndex >= DerivedCount) _revealed[dispute.Assertion.BatchIndex] = prove.Batch.ToArray();
    }
}
