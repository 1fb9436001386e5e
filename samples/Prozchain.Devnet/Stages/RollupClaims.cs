using Prozchain.Devnet.Adapters;
using Prozchain.Devnet.Reporting;
using Prozchain.Rollups;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Devnet.Stages;

/// <summary>
/// Claims about batches on their way to finality: a proposer makes them, a verifier contests what is false, time passes. With
/// <c>--lie</c> the proposer's claim about the first batch is false, and it plays for it.
/// </summary>
internal sealed class RollupClaims
{
    // Claims that wait for their time before it is made to pass; and how often it passes before something must be wrong.
    private const ulong MostWaiting = 32;
    private const int MostPasses = 64;

    private readonly RollupSetup _setup;
    private readonly RunStatistics _statistics;
    private readonly RunView _view;
    private readonly RollupUser _user;
    private readonly IReadOnlyList<(Func<CancellationToken, ValueTask<ClaimMove>> Step, bool IsHonest)> _parties;
    private readonly LyingSource? _lie;
    private int _moves;

    /// <param name="setup">The rollup.</param>
    /// <param name="source">What a node knows of it.</param>
    /// <param name="parties">Who makes batches final: of what the node knows, and of what the proposer says of that.</param>
    /// <param name="statistics">Where what happened is noted.</param>
    /// <param name="view">Where lines go.</param>
    public RollupClaims(
        RollupSetup setup, IClaimSource source, Func<IClaimSource, IClaimSource, IReadOnlyList<(Func<CancellationToken, ValueTask<ClaimMove>> Step, bool IsHonest)>> parties, RunStatistics statistics, RunView view)
    {
        (_setup, _statistics, _view) = (setup, statistics, view);
        _user = new RollupUser(setup.Layer.As(SettlementRole.Verifier), setup.Layer.Contracts);
        _lie = setup.Options.Lie ? new LyingSource(source) : null;
        _parties = parties(source, _lie ?? source);
    }

    private ulong Period => _setup.Options.Rollup == FinalityMode.Validity ? new FinalityParameters().ValidityDelay : FinalityParameters.LeastOptimisticPeriod;

    /// <summary>Claims what is posted. When much waits for its time, that passes.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        RollupStanding standing = await StepAllAsync(cancellationToken).ConfigureAwait(false);
        // A lie is fought out before anything is built upon it.
        bool isLieOpen = _setup.Options.Lie && standing is { Batches: > 0, Final: 0 };
        if (isLieOpen || standing.Batches - standing.Final >= MostWaiting) await FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets time pass until every batch is final.</summary>
    /// <exception cref="RunBrokenException">That is never.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        for (int pass = 0; ; pass++)
        {
            RollupStanding standing = await StepAllAsync(cancellationToken).ConfigureAwait(false);
            if (standing.Final == standing.Batches) return;
            if (pass == MostPasses) throw new RunBrokenException($"{standing.Final} of {standing.Batches} batches are final after {pass} periods");
            await _setup.AdvanceAsync(Period + 1, cancellationToken).ConfigureAwait(false);
        }
    }

    // Until nobody has anything to do now.
    private async Task<RollupStanding> StepAllAsync(CancellationToken cancellationToken)
    {
        RollupStanding before = await _user.StandingAsync(cancellationToken).ConfigureAwait(false);
        // The first who has something to do does it: whoever starts again in between, all goes on as it would have.
        for (int party = 0; party < _parties.Count; party++)
        {
            ClaimMove move = await _setup.RunAsync(_parties[party].Step(cancellationToken), cancellationToken).ConfigureAwait(false);
            if (move == ClaimMove.None) continue;
            if (_setup.Options.Lie && before.Final == 0) Tell(move, _parties[party].IsHonest);
            party = -1;
        }
        RollupStanding after = await _user.StandingAsync(cancellationToken).ConfigureAwait(false);
        _setup.Final = after.Final;
        for (int i = 0; i < _statistics.Batches.Count && i < (int)after.Batches; i++) _statistics.Batches[i].Verdict = i < (int)after.Final ? "final" : "claimed";
        if (after.Final > before.Final) _view.Note(FormattableString.Invariant($"settlement: {after.Final} of {after.Batches} batches final"));
        if (_setup.Options.Lie && before.Final == 0 && after.Final > 0) Trial("the lie lost its bond: the true claim about batch 0 is final");
        return after;
    }

    private void Tell(ClaimMove move, bool isHonest)
    {
        switch (move)
        {
            case ClaimMove.Claimed when !_lie!.IsCaught:
                Trial("the proposer claims a false root for batch 0");
                break;
            case ClaimMove.Contested:
                Trial("the verifier contests it, with a bond and the true claim");
                break;
            case ClaimMove.Refuted:
                Trial("the verifier proves where batch 0 leads, which ends the claim in one round");
                _lie!.IsCaught = true;
                break;
            case ClaimMove.Played:
                _moves++;
                break;
            case ClaimMove.Kept when _moves > 0 && isHonest:
                Trial(FormattableString.Invariant($"{_moves} moves narrow it down to one payment, which the settlement layer executes again"));
                _moves = 0;
                break;
        }
    }

    private void Trial(string sentence)
    {
        _view.Note("lie: " + sentence);
        _statistics.Trials.Add(new TrialNote("lie", sentence));
    }

    /// <summary>A node's knowledge, but for a state of the first batch that never was, from the middle of it on.</summary>
    private sealed class LyingSource(IClaimSource source) : IClaimSource
    {
        private static readonly Digest32 s_never = new(DevnetSeeds.Bytes(0, "a state that never was"));

        /// <summary>Whether a proof has ended the lie: then it is told no more, as it costs a bond each time.</summary>
        public bool IsCaught { get; set; }

        public async ValueTask<ClaimableBatch?> FindAsync(ulong batch, CancellationToken cancellationToken)
        {
            ClaimableBatch? found = await source.FindAsync(batch, cancellationToken).ConfigureAwait(false);
            if (batch != 0 || IsCaught || found is not { } truth || truth.Leaves.IsEmpty) return found;
            Digest32[] leaves = truth.Leaves.ToArray();
            leaves.AsSpan(leaves.Length / 2).Fill(s_never);
            leaves[^1] = new StepMachine(s_never, truth.ExitRoot, 0, default, default, default).Edge();
            return truth with { Leaves = leaves, StateRoot = s_never };
        }

        public ValueTask<ReadOnlyMemory<byte>> WitnessAsync(ulong batch, ulong step, CancellationToken cancellationToken) => source.WitnessAsync(batch, step, cancellationToken);
    }
}
