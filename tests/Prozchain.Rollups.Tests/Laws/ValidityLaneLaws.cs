using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Tests.Disputes;

namespace Prozchain.Rollups.Tests.Laws;

/// <summary>The twelve invariants of the one-round game (iZKG-001 to 012), over random schedules of calls by anybody.</summary>
public sealed class ValidityLaneLaws
{
    private static readonly byte[] s_valid = [7];

    [Fact]
    public void RandomSchedules_KeepTheInvariants() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var parameters = new ValidityGameParameters { ChallengeDuration = 20, ProveDuration = 15, FinalityDelay = 10, LongestPause = 12, ProposerBond = 80, ChallengerBond = 60, ProofCost = 30 };
            var vault = new BondVault(5, 9);
            // Roots below 100 are true, and only those can be proven.
            var lane = new ValidityLane(parameters, World.Root(0), 0, (in Digest32 _, in Digest32 root, ulong sequence, ReadOnlySpan<byte> proof) => proof.Length == 1 && root == World.Root((int)sequence), vault);
            var before = new List<(ValidityGameStatus Status, ValidityGameOutcome Outcome)>();
            UInt128 paidIn = 0;
            ulong now = 0;
            for (int i = 0; i < 150; i++)
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
                        if (lane.Create(parent, World.Root(random.Next(3) == 0 ? 1_000 + i : (int)sequence), sequence, anybody, 80, now) != ValidityGameResult.Accepted) break;
                        paidIn += 80;
                        ValidityGame made = lane.Games[^1];
                        // Parents are respected when building.
                        Assert.True(made.Parent is null || made.Parent.Outcome != ValidityGameOutcome.ChallengerWins && !made.Parent.IsBlacklisted && made.Parent.Sequence < made.Sequence);
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
                        bool closed = lane.Close(game, now) == ValidityGameResult.Accepted;
                        // 006, 007: not while paused, not before the delay.
                        if (closed) Assert.True(now >= lane.PausedUntil && target!.Status == ValidityGameStatus.Resolved && now > target.ResolvedAt + parameters.FinalityDelay);
                        if (!closed) break;
                        // 011: exactly its bonds leave. 008: and go back if it was set aside.
                        Assert.Equal(target!.Challenger is null ? (UInt128)80 : 140, locked - vault.Locked);
                        Assert.Equal(locked - vault.Locked, vault.Burned - burned + vault.Unlocked - unlocked);
                        Assert.True(target.IsRefunded || !target.IsBlacklisted && !lane.IsRetired(target) && target.Parent is not { IsRefunded: true });
                        if (target.IsRefunded) Assert.Equal(burned, vault.Burned);
                        break;
                    default:
                        if (random.Next(4) == 0) lane.Retire(now);
                        else if (random.Next(2) == 0) lane.TryPause(now);
                        else lane.Blacklist(game);
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
        }));
}
