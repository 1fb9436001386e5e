using System.Diagnostics;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Observability;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Bridge;

/// <summary>
/// Watches the contracts of a rollup and holds them against what a node derived by itself: wrong claims, an escrow that
/// does not cover what is owed, withheld data, items left waiting, the way out. It only looks and says what to do; calls
/// are for whoever holds a key. Not thread-safe.
/// </summary>
/// <remarks>
/// Blocks that are final are read once, later ones at every look, so that a reorganisation needs no care and a restart
/// only time.
/// </remarks>
public sealed class Watchtower
{
    private readonly ISettlementChain _chain;
    private readonly IDerivedTruth _truth;
    private readonly WatchedContracts _contracts;
    private readonly L1Address[] _logged;
    private readonly CircuitBreaker _breaker;
    private BridgeLedger _settled = BridgeLedger.Empty;
    private ulong _next;

    /// <summary>Watches from the block on in which the contracts were created.</summary>
    /// <param name="chain">The settlement layer; nothing is sent.</param>
    /// <param name="truth">What a node derived.</param>
    /// <param name="contracts">The contracts.</param>
    /// <param name="breaker">Tripped when value does not add up; others ask it before they go on.</param>
    public Watchtower(ISettlementChain chain, IDerivedTruth truth, WatchedContracts contracts, CircuitBreaker breaker)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(contracts);
        ArgumentNullException.ThrowIfNull(breaker);
        (_chain, _truth, _contracts, _breaker, _next) = (chain, truth, contracts, breaker, contracts.FirstBlock);
        _logged = [.. new[] { contracts.Inbox, contracts.Bridge, contracts.Finality, contracts.Challenges }.Where(contract => !contract.IsZero).Distinct()];
    }

    /// <summary>Looks once.</summary>
    /// <returns>All that is wrong now, in the order of <see cref="AlarmKind"/>, the same again as long as it lasts.</returns>
    public async ValueTask<IReadOnlyList<Alarm>> LookAsync(CancellationToken cancellationToken)
    {
        using Activity? activity = RollupInstruments.Activities.StartActivity("watchtower.look");
        ChainBlock head = await _chain.FindBlockAsync(null, ChainFinality.Latest, cancellationToken).ConfigureAwait(false) ?? default;
        ulong settled = (await _chain.FindBlockAsync(null, ChainFinality.Finalized, cancellationToken).ConfigureAwait(false))?.Number ?? 0;
        if (settled >= _next)
        {
            _settled = await ReadAsync(_settled, _next, Math.Min(settled, head.Number), cancellationToken).ConfigureAwait(false);
            _next = Math.Min(settled, head.Number) + 1;
        }
        BridgeLedger ledger = await ReadAsync(_settled, _next, head.Number, cancellationToken).ConfigureAwait(false);
        var alarms = new List<Alarm>();
        AbiValue last = await AskAsync(_contracts.Finality, FinalityViews.LastFinal, cancellationToken).ConfigureAwait(false);
        ulong finalCount = last[2].ToBool() ? last[0].ToUInt64() + 1 : 0;
        await CheckClaimsAsync(ledger.WithoutFinal(finalCount), finalCount, alarms, cancellationToken).ConfigureAwait(false);
        await CheckValueAsync(ledger, alarms, cancellationToken).ConfigureAwait(false);
        CheckData(ledger, alarms);
        CheckQueue(ledger, head.TimestampSeconds, alarms);
        await CheckExitAsync(last, head.TimestampSeconds, alarms, cancellationToken).ConfigureAwait(false);
        alarms.Sort(static (one, other) => (one.Kind, one.Subject).CompareTo((other.Kind, other.Subject)));
        foreach (Alarm alarm in alarms)
        {
            RollupInstruments.Alarms.AddOne(alarm.Kind);
            if (alarm.Action == AlarmAction.AskForPause) _breaker.Trip(head.TimestampSeconds);
        }
        RollupInstruments.Looks.Add(1);
        activity?.SetTag("alarms", alarms.Count);
        return alarms;
    }

    private async ValueTask<BridgeLedger> ReadAsync(BridgeLedger ledger, ulong first, ulong last, CancellationToken cancellationToken)
    {
        if (first > last) return ledger;
        var logs = new List<ChainLog>();
        await _chain.ReadLogsAsync(first, last, _logged, logs, cancellationToken).ConfigureAwait(false);
        foreach (ChainLog log in logs) ledger = ledger.After(log, _contracts);
        return ledger;
    }

    private async ValueTask<AbiValue> AskAsync(L1Address contract, AbiFunction function, CancellationToken cancellationToken, params AbiValue[] arguments)
    {
        ChainAnswer answer = await _chain.CallAsync(new ChainCall(contract, function.Encode(arguments)), cancellationToken).ConfigureAwait(false);
        return answer.IsOk && function.TryDecodeOutput(answer.Output, out AbiValue values) == AbiReadResult.Ok
            ? values
            : throw new InvalidOperationException($"Expected an answer of {function.Name} at {contract}.");
    }

    private async ValueTask CheckClaimsAsync(BridgeLedger ledger, ulong finalCount, List<Alarm> alarms, CancellationToken cancellationToken)
    {
        foreach ((ulong batch, (DerivedRoots roots, ulong at)) in ledger.Claims)
        {
            if (await _truth.FindRootsAsync(batch, cancellationToken).ConfigureAwait(false) is { } own && own != roots)
                alarms.Add(new Alarm(AlarmKind.WrongClaim, batch, AlarmAction.ContestClaim, at + _contracts.ChallengePeriod));
        }
        if (finalCount == 0 || await _truth.FindRootsAsync(finalCount - 1, cancellationToken).ConfigureAwait(false) is not { } derived) return;
        Digest32 state = (await AskAsync(_contracts.Finality, FinalityViews.StateRoot, cancellationToken, finalCount - 1).ConfigureAwait(false))[0].ToDigest();
        Digest32 exit = (await AskAsync(_contracts.Finality, FinalityViews.ExitRoot, cancellationToken, finalCount - 1).ConfigureAwait(false))[0].ToDigest();
        // A root of zero was not published.
        if ((state != default && state != derived.StateRoot) || (exit != default && exit != derived.ExitRoot))
            alarms.Add(new Alarm(AlarmKind.WrongFinal, finalCount - 1, AlarmAction.AskForPause));
    }

    private async ValueTask CheckValueAsync(BridgeLedger ledger, List<Alarm> alarms, CancellationToken cancellationToken)
    {
        foreach (uint token in ledger.Tokens)
        {
            UInt128 came = ledger.DepositedBelow(token, ulong.MaxValue), went = ledger.Out.GetValueOrDefault(token);
            UInt128 escrow = (await AskAsync(_contracts.Bridge, BridgeContract.Escrow, cancellationToken, (ulong)token).ConfigureAwait(false))[0].ToUInt128();
            if (escrow + went != came) alarms.Add(new Alarm(AlarmKind.EscrowMismatch, token, AlarmAction.AskForPause, 0, came - UInt128.Min(came, went), escrow));
            if (await _truth.FindTotalsAsync(token, cancellationToken).ConfigureAwait(false) is not { } totals) continue;
            UInt128 taken = ledger.DepositedBelow(token, totals.ForcedTaken);
            if (taken != totals.Supply + totals.Left) alarms.Add(new Alarm(AlarmKind.LiabilityMismatch, token, AlarmAction.AskForPause, 0, taken, totals.Supply + totals.Left));
        }
    }

    private static void CheckData(BridgeLedger ledger, List<Alarm> alarms)
    {
        foreach ((ulong Batch, ulong Chunk) key in ledger.Challenges.Keys) alarms.Add(new Alarm(AlarmKind.DataChallenged, key.Batch, AlarmAction.AnswerChallenge, ledger.Challenges[key]));
        foreach (ulong batch in ledger.Withheld) alarms.Add(new Alarm(AlarmKind.DataWithheld, batch, AlarmAction.DeriveEmpty));
    }

    private static void CheckQueue(BridgeLedger ledger, ulong now, List<Alarm> alarms)
    {
        if (ledger.ForcedTaken >= (ulong)ledger.Queued.Count) return;
        ulong queued = ledger.Queued[(int)ledger.ForcedTaken];
        if (now >= queued + InboxContract.ForcedDelaySeconds) alarms.Add(new Alarm(AlarmKind.ForcedOverdue, ledger.ForcedTaken, AlarmAction.AppendBatch, queued + InboxContract.OpenDelaySeconds));
    }

    private async ValueTask CheckExitAsync(AbiValue last, ulong now, List<Alarm> alarms, CancellationToken cancellationToken)
    {
        if (!_contracts.Hatch.IsZero)
        {
            AbiValue frozen = await AskAsync(_contracts.Hatch, EscapeHatchContract.Frozen, cancellationToken).ConfigureAwait(false);
            ulong opens = last[1].ToUInt64() + (await AskAsync(_contracts.Hatch, EscapeHatchContract.Delay, cancellationToken).ConfigureAwait(false))[0].ToUInt64();
            if (frozen[0].ToBool()) alarms.Add(new Alarm(AlarmKind.Frozen, frozen[1].ToUInt64(), AlarmAction.Escape));
            else if (now + _contracts.ExitWarning >= opens) alarms.Add(new Alarm(AlarmKind.ExitNear, last[0].ToUInt64(), AlarmAction.FinalizeOrFreeze, opens));
        }
        if (_contracts.Guardian.IsZero) return;
        ulong until = (await AskAsync(_contracts.Guardian, GuardianContract.PausedUntil, cancellationToken).ConfigureAwait(false))[0].ToUInt64();
        if (now < until) alarms.Add(new Alarm(AlarmKind.Paused, until, AlarmAction.Wait, until));
    }
}
