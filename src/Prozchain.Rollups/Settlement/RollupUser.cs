using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Settlement;

/// <summary>What anybody may do with a rollup on its settlement layer without anyone's leave: put tokens in, force a transaction in, fetch a withdrawal, end a rollup that stands still. Thread-safe.</summary>
/// <param name="chain">The settlement layer, as the account sees it that pays.</param>
/// <param name="addresses">The rollup's contracts.</param>
/// <param name="firstBlock">Block of the settlement layer from which on events are read, in validity mode: the one with the contracts' creation.</param>
public sealed class RollupUser(ISettlementChain chain, RollupAddresses addresses, ulong firstBlock = 0)
{
    private readonly ChainCaller _caller = new(chain);

    /// <summary>Where the rollup stands.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="InvalidOperationException">The contracts are not there.</exception>
    public async ValueTask<RollupStanding> StandingAsync(CancellationToken cancellationToken) => new(
        await _caller.NumberAsync(addresses.Inbox, InboxContract.BatchCount, cancellationToken).ConfigureAwait(false),
        await _caller.NumberAsync(addresses.StateChain, StateChainContract.FinalCount, cancellationToken).ConfigureAwait(false),
        await _caller.NumberAsync(addresses.Inbox, InboxContract.ForcedCount, cancellationToken).ConfigureAwait(false),
        await _caller.NumberAsync(addresses.Inbox, InboxContract.ForcedTaken, cancellationToken).ConfigureAwait(false),
        (await _caller.ReadAsync(addresses.Inbox, InboxContract.IsOpen, cancellationToken).ConfigureAwait(false))[0].ToBool(),
        (await _caller.ReadAsync(addresses.EscapeHatch, EscapeHatchContract.Frozen, cancellationToken).ConfigureAwait(false))[0].ToBool());

    /// <summary>The state root after a final batch; zero if none is kept for it.</summary>
    /// <param name="batch">Its number.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<Digest32> FinalRootAsync(ulong batch, CancellationToken cancellationToken) =>
        (await _caller.ReadAsync(addresses.StateChain, StateChainContract.StateRoot, cancellationToken, batch).ConfigureAwait(false))[0].ToDigest();

    /// <summary>Units that the bridge holds for the rollup.</summary>
    /// <param name="token">The token's number; 0 is the settlement layer's own.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<UInt128> EscrowAsync(uint token, CancellationToken cancellationToken) =>
        (await _caller.ReadAsync(addresses.Bridge, BridgeContract.Escrow, cancellationToken, (ulong)token).ConfigureAwait(false))[0].ToUInt128();

    /// <summary>Moves units of the settlement layer's own token to an account of the rollup; the queue's fee is paid with them.</summary>
    /// <param name="amount">How many, more than 0.</param>
    /// <param name="recipient">Who gets them.</param>
    /// <param name="cancellationToken">Ends the waiting; the call may still get into a block.</param>
    /// <returns>False if the bridge refuses it, or the account has less.</returns>
    public async ValueTask<bool> DepositAsync(UInt128 amount, AccountAddress recipient, CancellationToken cancellationToken)
    {
        UInt128 fee = await FeeAsync(cancellationToken).ConfigureAwait(false);
        return await _caller.TrySendAsync(addresses.Bridge, BridgeContract.DepositEther, checked(amount + fee), cancellationToken, amount, (ulong)recipient.Scheme, recipient.Digest).ConfigureAwait(false);
    }

    /// <summary>Puts a transaction into the forced queue: the sequencer must take it, or loses its right to append.</summary>
    /// <param name="item">The transaction in the form of forced items, at most 8,192 bytes.</param>
    /// <param name="cancellationToken">Ends the waiting; the call may still get into a block.</param>
    /// <returns>False if it is too long, or the account has less than the fee.</returns>
    public async ValueTask<bool> ForceAsync(ReadOnlyMemory<byte> item, CancellationToken cancellationToken) =>
        await _caller.TrySendAsync(addresses.Inbox, InboxContract.Enqueue, await FeeAsync(cancellationToken).ConfigureAwait(false), cancellationToken, AbiValue.Of(item)).ConfigureAwait(false);

    /// <summary>Has the bridge pay what left the rollup, to whom it is for.</summary>
    /// <param name="batch">The batch that it left in.</param>
    /// <param name="index">Its place among the batch's effects.</param>
    /// <param name="cancellationToken">Ends the waiting; the call may still get into a block.</param>
    /// <returns>False if the batch is not final or its exit root not published, if it was paid before, or while withdrawals are paused. A large one waits in the bridge after it.</returns>
    /// <exception cref="ArgumentException">No withdrawal.</exception>
    public async ValueTask<bool> WithdrawAsync(ExecutedBatch batch, int index, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        EffectLog effects = batch.Effects;
        if ((uint)index >= (uint)effects.Count || effects[index].Kind != EffectKind.Withdrawal) throw new ArgumentException($"Expected the place of a withdrawal among {effects.Count} effects, got {index}.", nameof(index));
        AbiValue[] call =
        [
            batch.Posting.Number, (ulong)index, (ulong)effects[index].Token, effects[index].Amount, effects[index].Recipient, AbiValue.List([.. effects.Prove(index).Select(static sibling => (AbiValue)sibling)]),
        ];
        return await _caller.TrySendAsync(addresses.Bridge, BridgeContract.Withdraw, 0, cancellationToken, call).ConfigureAwait(false);
    }

    /// <summary>Ends a rollup in which nothing has become final for the exit delay, so that everybody may leave by <see cref="Bridge.EscapeProof"/>.</summary>
    /// <remarks>In validity mode it makes final first what is due, after which the delay starts again, and keeps the last final state root, which nobody may have asked for.</remarks>
    /// <param name="cancellationToken">Ends the waiting; the calls may still get into a block.</param>
    /// <returns>False if the time has not come, or somebody did before.</returns>
    public async ValueTask<bool> FreezeAsync(CancellationToken cancellationToken)
    {
        if (addresses.StateChain == addresses.Inbox && !await PrepareAsync(cancellationToken).ConfigureAwait(false)) return false;
        return await _caller.TrySendAsync(addresses.EscapeHatch, EscapeHatchContract.Freeze, 0, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> PrepareAsync(CancellationToken cancellationToken)
    {
        AbiValue last = await _caller.ReadAsync(addresses.StateChain, ProvenChainContract.LastFinal, cancellationToken).ConfigureAwait(false);
        ulong delay = await _caller.NumberAsync(addresses.EscapeHatch, EscapeHatchContract.Delay, cancellationToken).ConfigureAwait(false), now = await _caller.NowAsync(cancellationToken).ConfigureAwait(false);
        if (now <= last[1].ToUInt64() + delay) return false;
        var book = new ProofBook(chain, addresses.StateChain, firstBlock);
        await book.UpdateAsync(cancellationToken).ConfigureAwait(false);
        ulong final = last[2].ToBool() ? last[0].ToUInt64() + 1 : 0, wait = await _caller.NumberAsync(addresses.StateChain, ProvenChainContract.ProofDelay, cancellationToken).ConfigureAwait(false);
        if (book.Due(final, now - Math.Min(now, wait)) is { } due)
        {
            (AbiValue recent, AbiValue below) = book.PathTo(due);
            if (await _caller.TrySendAsync(addresses.StateChain, ProvenChainContract.FinalizeBatches, 0, cancellationToken, recent, below).ConfigureAwait(false)) return false;
        }
        if (final == 0 || await FinalRootAsync(final - 1, cancellationToken).ConfigureAwait(false) != default) return true;
        (AbiValue path, AbiValue under) = book.PathTo((int)final - 1);
        ProvenBatch kept = book.Records[(int)final - 1];
        await _caller.TrySendAsync(addresses.StateChain, ProvenChainContract.Publish, 0, cancellationToken, path, under, kept.StateRoot, kept.ExitRoot).ConfigureAwait(false);
        return true;
    }

    private async ValueTask<UInt128> FeeAsync(CancellationToken cancellationToken) =>
        (await _caller.ReadAsync(addresses.Inbox, InboxContract.ForcedFee, cancellationToken).ConfigureAwait(false))[0].ToUInt128();
}

/// <summary>Where a rollup stands on its settlement layer.</summary>
/// <param name="Batches">Batches appended.</param>
/// <param name="Final">Of those, final.</param>
/// <param name="Forced">Items ever queued.</param>
/// <param name="ForcedTaken">Of those, taken by batches.</param>
/// <param name="IsOpen">Whether anyone may append, because the sequencer left the queue alone for too long.</param>
/// <param name="IsFrozen">Whether the rollup has ended.</param>
public readonly record struct RollupStanding(ulong Batches, ulong Final, ulong Forced, ulong ForcedTaken, bool IsOpen, bool IsFrozen);
