using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.DataChallengeContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// Sees to it that derivation goes on: asks on the settlement layer for what a node waits for, until it is shown there, and
/// has the batch declared withheld if it is not. One that is run everywhere a chain is followed is enough for all. Every
/// step is worked out from the settlement layer, so that it can be stopped at any point. Not thread-safe.
/// </summary>
/// <remarks>
/// A batch can only be asked for within a window after it was appended: later, nobody could go on. So towards its end all is
/// asked for at once, also of batches after the one that the node waits for, whose own state it cannot know yet.
/// </remarks>
public sealed class DataChallenger
{
    private readonly ChainCaller _caller;
    private readonly L1Address _contract;
    private readonly bool _isListed;
    private readonly DataBook _book;
    // What is over although no event says so; only saves questions.
    private readonly HashSet<(ulong Batch, ulong Index)> _over = [];
    private (ulong Challenge, UInt128 Bond)? _terms;
    private int _undone;

    /// <summary>A challenger.</summary>
    /// <param name="chain">The settlement layer, as the account sees it that the bonds come from.</param>
    /// <param name="addresses">The rollup's contracts.</param>
    /// <param name="isListed">Whether batches are listed: then pieces of lists are asked for, which everybody can read from the answer; else chunks of data.</param>
    /// <param name="firstBlock">Block of the settlement layer from which on events are read: the one with the contracts' creation.</param>
    public DataChallenger(ISettlementChain chain, RollupAddresses addresses, bool isListed, ulong firstBlock = 0)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(addresses);
        (_caller, _contract, _isListed, _book) = (new ChainCaller(chain), addresses.DataChallenge, isListed, new DataBook(chain, addresses, firstBlock));
    }

    /// <summary>Seconds for which data that cannot be had is waited for before it is asked for. A list that does not fit its data never will.</summary>
    public ulong Patience { get; init; } = 3_600;

    /// <summary>Seconds before the end of the window in which all is asked for that may be needed.</summary>
    public ulong Rush { get; init; } = 7_200;

    /// <summary>Makes at most one call.</summary>
    /// <param name="status">How far a node has come.</param>
    /// <param name="cancellationToken">Ends the step; a call that was sent may still get into a block.</param>
    public async ValueTask<DataMove> StepAsync(DerivationStatus status, CancellationToken cancellationToken)
    {
        await _book.UpdateAsync(cancellationToken).ConfigureAwait(false);
        if (_undone != _book.Undone) _over.Clear();
        _undone = _book.Undone;
        ulong now = await _caller.NowAsync(cancellationToken).ConfigureAwait(false);
        if (await ExpireAsync(now, cancellationToken).ConfigureAwait(false)) return DataMove.Expired;
        if (status.WaitsFor is { } first && await AskFromAsync(first, status.WaitsWhy, now, cancellationToken).ConfigureAwait(false)) return DataMove.Asked;
        bool isOwed = (await _caller.ReadAsync(_contract, C.Owed, cancellationToken, _caller.Account).ConfigureAwait(false))[0].ToUInt128() > 0;
        return isOwed && await _caller.TrySendAsync(_contract, C.Collect, 0, cancellationToken).ConfigureAwait(false) ? DataMove.Collected : DataMove.None;
    }

    // Whoever asked: once it is too late to show it, the sooner all know the better. Of a batch that is withheld only this account's own bonds matter.
    private async ValueTask<bool> ExpireAsync(ulong now, CancellationToken cancellationToken)
    {
        foreach (((ulong batch, ulong index), AskedData asked) in _book.Running.ToArray())
        {
            if (now <= asked.Deadline || _over.Contains((batch, index)) || (asked.Challenger != _caller.Account && _book.IsWithheld(batch))) continue;
            if (await _caller.TrySendAsync(_contract, C.Expire, 0, cancellationToken, batch, index).ConfigureAwait(false)) return true;
            _over.Add((batch, index));
        }
        return false;
    }

    private async ValueTask<bool> AskFromAsync(ulong first, WaitReason? why, ulong now, CancellationToken cancellationToken)
    {
        (ulong window, UInt128 bond) = _terms ??= (
            await _caller.NumberAsync(_contract, C.ChallengeWindow, cancellationToken).ConfigureAwait(false), (await _caller.ReadAsync(_contract, C.Bond, cancellationToken).ConfigureAwait(false))[0].ToUInt128());
        for (ulong number = first; _book.Find(number) is { } posted; number++)
        {
            ulong last = posted.Time + window;
            bool isUrgent = now + Rush >= last;
            // Those after it end later.
            if (number > first && !isUrgent) return false;
            if (now > last || _book.IsWithheld(number)) continue;
            if (why == WaitReason.MissingData && !isUrgent && now < posted.Time + Patience) return false;
            if (await AskAsync(posted, isUrgent, bond, cancellationToken).ConfigureAwait(false)) return true;
        }
        return false;
    }

    // One after the other, as long as there is time: the first that is not shown is enough.
    private async ValueTask<bool> AskAsync(AskableBatch posted, bool isUrgent, UInt128 bond, CancellationToken cancellationToken)
    {
        InboxBatch batch = posted.Batch;
        ulong count = _isListed ? (batch.Count + C.Piece - 1) / C.Piece : batch.Kind == InboxDataKind.Certified ? Math.Max(1, ChunkCommitment.CountOf(batch.Length)) : 0;
        for (ulong i = 0; i < count; i++)
        {
            ulong index = _isListed ? C.List + i : i;
            if (_book.FindAsked(batch.Number, index) is { } asked)
            {
                if (asked.AnsweredIn is null && !isUrgent) return false;
                continue;
            }
            return await _caller.TrySendAsync(_contract, _isListed ? C.ChallengeList : C.Challenge, bond, cancellationToken, batch.Number, posted.Fields, i).ConfigureAwait(false);
        }
        return false;
    }
}
