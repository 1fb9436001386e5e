using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Laws;

/// <summary>
/// The twelve invariants of the one-round game (iZKG-001 to 012) and the seven rows of its table of payouts, over random schedules of
/// calls by anybody. 013 and 014 are about roots of several chains at once, which there are not.
/// </summary>
public sealed class ValidityLaneLaws
{
    private static readonly byte[] s_valid = [7];

    [Fact]
    public void RandomSchedules_KeepTheInvariants()
    {
        var rows = new HashSet<int>();
        for (int seed = 0; seed < TestSettings.Scale(150, 3_000); seed++)
        {
            var random = new SeededRandom(TestSettings.Seed + (ulong)seed);
            var parameters = new ValidityGameParameters { ChallengeDuration = 20, ProveDuration = 15, FinalityDelay = 10, LongestPause = 12, ProposerBond = 80, ChallengerBond = 60, ProofCost = 30 };
            var vault = new BondVault(5, 9);
            // Roots below 100 are true, and only those can be proven.
            var lane = new ValidityLane(parameters, World.Root(0), 0, (in Digest32 _, in Digest32 root, ulong sequence, ReadOnlySpan<byte> proof) => proof.Length == 1 && root == World.Root((int)sequence), vault);
            var before = new List<(ValidityGameStatus Status, ValidityGameOutcome Outcome)>();
            UInt128 paidIn = 0;
            ulong now = 0;
            for (int i = 0; i < 250; i++)
            {
                now += (ulong)random.Next(4);
                int game = random.Next(lane.Games.Count + 1);
                ValidityGame? target = game < lane.Games.Count ? lane.Games[game] : null;
                L1Address anybody = TournamentSimulation.Account(random.Next(1, 6));
                switch (random.Next(12))
                {
                    case <= 2:
                        ulong sequence = lane.AnchorSequence + (ulong)random.Next(1, 5);
                        int? parent = random.Next(3) == 0 ? null : game;
                        // 004: by anybody, wherever there is something to build upon.
                        bool creatable = parent is null || target is not null && IsSound(lane, target) && target.Sequence < sequence;
                        Assert.Equal(creatable, lane.Create(parent, World.Root(random.Next(3) == 0 ? 1_000 + i : (int)sequence), sequence, anybody, 80, now) == ValidityGameResult.Accepted);
                        if (creatable) paidIn += 80;
                        break;
                    case <= 4:
                        bool challengeable = target is { Status: ValidityGameStatus.Unchallenged } && now < target.Deadline;
                        // 004, 010: by anybody, but once.
                        Assert.Equal(challengeable, lane.Challenge(game, anybody, 60, now) == ValidityGameResult.Accepted);
                        if (challengeable) paidIn += 60;
                        break;
                    case <= 6:
                        bool provable = target is not null && !target.IsOver(now) && target.Parent is not { Outcome: ValidityGameOutcome.ChallengerWins } && target.Root == World.Root((int)target.Sequence);
                        Assert.Equal(provable, lane.Prove(game, s_valid, anybody, now) == ValidityGameResult.Accepted);
                        break;
                    case <= 8:
                        bool isOver = target is not null && target.Status != ValidityGameStatus.Resolved && target.IsOver(now), proven = target is { IsProven: true };
                        bool challenged = target is { Challenger: not null };
                        bool resolved = lane.Resolve(game, now) == ValidityGameResult.Accepted;
                        // 009: never before its parent.
                        Assert.Equal(isOver && target!.Parent is not { Outcome: ValidityGameOutcome.None }, resolved);
                        if (!resolved) break;
                        // 005, 001, 002.
                        bool falls = target!.Parent is { Outcome: ValidityGameOutcome.ChallengerWins } || challenged && !proven;
                        Assert.Equal(falls ? ValidityGameOutcome.ChallengerWins : ValidityGameOutcome.DefenderWins, target.Outcome);
                        break;
                    case <= 10:
                        UInt128 locked = vault.Locked, burned = vault.Burned, unlocked = vault.Unlocked;
                        UInt128[] owned = [.. Enumerable.Range(1, 5).Select(account => vault[TournamentSimulation.Account(account)].Amount)];
                        // 006, 007: not while paused, not before the delay, and after what it builds upon; else always.
                        bool closable = target is { IsClosed: false, Status: ValidityGameStatus.Resolved, Parent: null or { IsClosed: true } } && now >= lane.PausedUntil && now > target.ResolvedAt + parameters.FinalityDelay;
                        Assert.Equal(closable, lane.Close(game, now) == ValidityGameResult.Accepted);
                        if (!closable) break;
                        // 011: exactly its bonds leave. 008: and go back if it was set aside.
                        Assert.Equal(target!.Challenger is null ? (UInt128)80 : 140, locked - vault.Locked);
                        Assert.Equal(locked - vault.Locked, vault.Burned - burned + vault.Unlocked - unlocked);
                        Assert.True(target.IsRefunded || !target.IsBlacklisted && !lane.IsRetired(target) && target.Parent is not { IsRefunded: true });
                        rows.Add(AssertPaid(target, owned, [.. Enumerable.Range(1, 5).Select(account => vault[TournamentSimulation.Account(account)].Amount)], vault.Burned - burned));
                        break;
                    default:
                        // Seldom: what is set aside shows little else.
                        if (random.Next(24) == 0) lane.Retire(now);
                        else if (random.Next(4) == 0) lane.TryPause(now);
                        else if (random.Next(4) == 0) lane.Blacklist(game);
                        vault.Withdraw(anybody, now);
                        break;
                }
                // 003: all bonds are in the vault until they leave it, all the time.
                Assert.Equal(paidIn, vault.Locked + vault.Unlocked + vault.Burned + vault.Withdrawn);
                // 012: never back.
                for (int id = 0; id < before.Count; id++)
                {
                    ValidityGame each = lane.Games[id];
                    Assert.True(each.Status >= before[id].Status && (before[id].Outcome == ValidityGameOutcome.None || each.Outcome == before[id].Outcome));
                }
                before = [.. lane.Games.Select(each => (each.Status, each.Outcome))];
                Assert.False(lane.IsHalted);
            }
        }
        Assert.Equal(Enumerable.Range(0, 8), rows.Order());
    }

    private static bool IsSound(ValidityLane lane, ValidityGame parent) =>
        !parent.IsBlacklisted && !lane.IsRetired(parent) && parent.Outcome != ValidityGameOutcome.ChallengerWins && parent.Sequence > lane.AnchorSequence;

    // The row of the table, 0 for a refund; of it everybody has what is due, and nobody else has anything.
    private static int AssertPaid(ValidityGame game, UInt128[] before, UInt128[] after, UInt128 burned)
    {
        bool hasParentLost = game.Parent is { Outcome: ValidityGameOutcome.ChallengerWins };
        (int Row, (L1Address? To, int Amount)[] Due, int Lost) paid = game switch
        {
            { IsRefunded: true } => (0, [(game.Proposer, 80), (game.Challenger, 60)], 0),
            { Challenger: null } when hasParentLost => (7, [], 80),
            _ when hasParentLost => (6, [(game.Challenger, 140)], 0),
            { Challenger: null, Prover: null } => (1, [(game.Proposer, 80)], 0),
            { Challenger: null } => (2, [(game.Proposer, 80)], 0),
            { Prover: null } => (3, [(game.Challenger, 140)], 0),
            _ when game.Prover == game.Proposer => (4, [(game.Proposer, 140)], 0),
            _ => (5, [(game.Proposer, 80), (game.Prover, 60)], 0),
        };
        for (int i = 0; i < before.Length; i++)
        {
            L1Address account = TournamentSimulation.Account(i + 1);
            Assert.Equal((UInt128)paid.Due.Where(each => each.To == account).Sum(each => each.Amount), after[i] - before[i]);
        }
        Assert.Equal((UInt128)paid.Lost, burned);
        return paid.Row;
    }
}
