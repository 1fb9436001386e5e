using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.DataChallengeContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// Shows what is asked for of batches, chunks of data as well as pieces of lists, as long as this host has it: run beside a
/// sequencer and a proposer, no batch that they stand for counts as withheld. Every step is worked out from the settlement
/// layer and the data, so that it can be stopped at any point, and several can run at once. Not thread-safe.
/// </summary>
/// <typeparam name="TTransaction">The rollup's transactions.</typeparam>
/// <typeparam name="THash">The hash of its state.</typeparam>
public sealed class DataAnswerer<TTransaction, THash> where THash : IStateHash
{
    // What a byte of an answer costs at most, logged and in the call, and what the rest does.
    private const ulong GasAByte = 64, Gas = 1_000_000;
    private const int PieceHeight = 4;

    private readonly ChainCaller _caller;
    private readonly L1Address _contract;
    private readonly IDataPublisher _data;
    private readonly DataBook _book;
    private readonly DerivedLists<TTransaction, THash> _lists;
    private ulong? _windows;

    /// <summary>An answerer.</summary>
    /// <param name="chain">The settlement layer, as the account sees it that answers and gets the bonds.</param>
    /// <param name="addresses">The rollup's contracts.</param>
    /// <param name="data">This host's own copy of the data: <see cref="KeptData"/> keeps one.</param>
    /// <param name="start">Makes what derives, over the same data: items of lists come from it.</param>
    /// <param name="firstBlock">Block of the settlement layer from which on events are read: the one with the contracts' creation.</param>
    public DataAnswerer(ISettlementChain chain, RollupAddresses addresses, IDataPublisher data, Func<DerivationNode<TTransaction, THash>> start, ulong firstBlock = 0)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(addresses);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(start);
        (_caller, _contract, _data, _book, _lists) = (new ChainCaller(chain), addresses.DataChallenge, data, new DataBook(chain, addresses, firstBlock), new DerivedLists<TTransaction, THash>(start));
    }

    /// <summary>Makes at most one call.</summary>
    /// <param name="cancellationToken">Ends the step; a call that was sent may still get into a block.</param>
    public async ValueTask<DataMove> StepAsync(CancellationToken cancellationToken)
    {
        await _book.UpdateAsync(cancellationToken).ConfigureAwait(false);
        ulong now = await _caller.NowAsync(cancellationToken).ConfigureAwait(false);
        ulong windows = _windows ??= await _caller.NumberAsync(_contract, C.ChallengeWindow, cancellationToken).ConfigureAwait(false)
            + await _caller.NumberAsync(_contract, C.ResponseWindow, cancellationToken).ConfigureAwait(false);
        await _lists.AdvanceAsync(_book.ForgetBefore(now - Math.Min(now, windows)), cancellationToken).ConfigureAwait(false);
        // What ends first comes first.
        foreach (((ulong batch, ulong index), AskedData asked) in _book.Running.OrderBy(static entry => entry.Value.Deadline).ToArray())
        {
            if (now > asked.Deadline || _book.Find(batch) is not { } posted) continue;
            bool isAnswered = index < C.List
                ? await AnswerAsync(posted, index, cancellationToken).ConfigureAwait(false)
                : await AnswerListAsync(posted, index - C.List, cancellationToken).ConfigureAwait(false);
            if (isAnswered) return DataMove.Answered;
        }
        bool isOwed = (await _caller.ReadAsync(_contract, C.Owed, cancellationToken, _caller.Account).ConfigureAwait(false))[0].ToUInt128() > 0;
        return isOwed && await _caller.TrySendAsync(_contract, C.Collect, 0, cancellationToken).ConfigureAwait(false) ? DataMove.Collected : DataMove.None;
    }

    private async ValueTask<bool> AnswerAsync(AskableBatch posted, ulong index, CancellationToken cancellationToken)
    {
        var bytes = new ArrayBufferWriter<byte>();
        if (!await _data.TryFetchAsync(posted.Batch.Data.Span.ToArray(), bytes, cancellationToken).ConfigureAwait(false)) return false;
        ReadOnlyMemory<byte> data = bytes.WrittenMemory;
        if (ChunkCommitment.Compute(data.Span) != posted.Batch.Data) return false;
        bool isThere = index < ChunkCommitment.CountOf((ulong)data.Length);
        ReadOnlyMemory<byte> chunk = isThere ? data.Slice((int)index * ChunkCommitment.ChunkSize, Math.Min(ChunkCommitment.ChunkSize, data.Length - (int)index * ChunkCommitment.ChunkSize)) : default;
        AbiValue siblings = AbiValue.List(isThere ? [.. ChunkCommitment.Prove(data.Span, (int)index).Select(static sibling => (AbiValue)sibling)] : []);
        return await SendAsync(
            C.Answer.Encode(posted.Batch.Number, index, (ulong)data.Length, ChunkCommitment.Root(data.Span), posted.List, AbiValue.Of(chunk), siblings), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> AnswerListAsync(AskableBatch posted, ulong piece, CancellationToken cancellationToken)
    {
        InboxBatch batch = posted.Batch;
        AbiValue items = AbiValue.List(), siblings = AbiValue.List();
        if (batch.Count > 0 && piece <= (batch.Count - 1) / C.Piece)
        {
            if (await _lists.FindAsync(batch.Number, batch.Items, cancellationToken).ConfigureAwait(false) is not { } all) return false;
            var tree = new ClaimTree(Claim.HeightOf(batch.Count), [.. all.Select(static item => new StepItem(StepKind.Payment, item).Digest())]);
            items = AbiValue.List([.. all.Skip((int)piece * C.Piece).Take(C.Piece).Select(static item => AbiValue.Of(item))]);
            siblings = AbiValue.List([.. Enumerable.Range(PieceHeight, Math.Max(0, tree.Height - PieceHeight)).Select(level => (AbiValue)tree.Node(level, (piece >> (level - PieceHeight)) ^ 1))]);
        }
        return await SendAsync(C.AnswerList.Encode(batch.Number, piece, batch.Data, posted.List, items, siblings), cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<bool> SendAsync(byte[] input, CancellationToken cancellationToken) =>
        _caller.TrySendAsync(new ChainCall(_contract, input, 0, Gas + GasAByte * (ulong)input.Length), cancellationToken);
}
