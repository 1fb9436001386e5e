using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;
using C = Prozchain.Rollups.Evm.StepJudgeContract;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>The leaves that a node claims, all at once, are what the step judge makes of every single step, whatever is in the batches.</summary>
public abstract class PaymentClaimsSuite : SettlementSuite
{
    private PaymentRollup _rollup = null!;

    protected abstract int Batches { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leaves_OfRandomAndHostileBatches_AreWhatTheJudgeSays()
    {
        var random = new SeededRandom(TestSettings.Seed);
        for (int i = 0; i < 4; i++) await _rollup.DepositAsync(i, 1_000);
        await _rollup.AppendAsync([], 4, isInCall: true);
        for (int batch = 0; batch < Batches; batch++) await AppendAsync(random, batch);
        DerivationStatus status = await _rollup.SyncAsync();
        Assert.Null(status.WaitsFor);
        var verdicts = _rollup.Batches.Values.Select(batch => batch.Verdict).ToHashSet();
        Assert.Superset(new HashSet<BatchVerdict> { BatchVerdict.Executed, BatchVerdict.OverCap, BatchVerdict.NoBatch }, verdicts);

        Digest32 before = default;
        for (ulong batch = 0; batch < status.Tip.NextBatch; batch++)
        {
            ClaimableBatch claim = (await _rollup.Node.FindAsync(batch, Cancellation))!.Value;
            Digest32[] leaves = [claim.StartLeaf, .. claim.Leaves.Span];
            if (batch > 0) Assert.Equal(before, claim.StartLeaf);
            before = leaves[^1];
            // From the last step back to the first, and on: a replay goes both ways.
            for (int step = claim.Leaves.Length; step >= 0; step--)
            {
                Digest32 from = leaves[step], to = leaves[Math.Min(step + 1, leaves.Length - 1)];
                Assert.True(await JudgeAsync(claim.Head, (ulong)step, from, to, batch, (ulong)step), $"Expected step {step} of batch {batch} to be right.");
                if (random.Next(4) == 0) Assert.False(await JudgeAsync(claim.Head, (ulong)step, from, World.AddressOf(0).IsZero ? default : new Digest32(Hashing.Keccak(to.Span)), batch, (ulong)step));
            }
            await AssertOtherIsRefusedAsync(claim, leaves, batch, random);
        }
    }

    [Fact]
    public async Task Node_ThroughReorganisations_ClaimsWhatAFreshOneDoes()
    {
        var random = new SeededRandom(TestSettings.Seed + 1);
        for (int i = 0; i < 4; i++) await _rollup.DepositAsync(i, 1_000);
        await _rollup.AppendAsync([], 4, isInCall: true);
        for (int i = 0; i < 6; i++) await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        bool wasUndone = false;
        for (int turn = 0; turn < Batches; turn++)
        {
            await AppendAsync(random, 3);
            ulong last = (await _rollup.SyncAsync()).Tip.NextBatch - 1;
            await _rollup.Node.WitnessAsync(last, 0, Cancellation);
            await World.ReorganiseAsync(random.Next(1, 5));
            if (random.Next(2) == 0) await _rollup.AppendAsync([], 0, isInCall: true);
            DerivationStatus status = await _rollup.SyncAsync();
            wasUndone |= status.WasUndone;
            using PaymentNode<KeccakTree> fresh = _rollup.NewNode();
            for (ulong batch = 0; batch < last + 2; batch++)
            {
                (ClaimableBatch? old, ClaimableBatch? now) = (await _rollup.Node.FindAsync(batch, Cancellation), await fresh.FindAsync(batch, Cancellation));
                Assert.Equal(now is null, old is null);
                Assert.Equal(batch >= status.Tip.NextBatch, now is null);
                if (now is not { } claim) continue;
                Assert.Equal((claim.Head, claim.StartLeaf, claim.StateRoot, claim.ExitRoot), (old!.Value.Head, old.Value.StartLeaf, old.Value.StateRoot, old.Value.ExitRoot));
                Assert.Equal(claim.Leaves.ToArray(), old.Value.Leaves.ToArray());
                Assert.Equal(await fresh.FindRootsAsync(batch, Cancellation), await _rollup.Node.FindRootsAsync(batch, Cancellation));
            }
            Assert.Equal(await fresh.FindTotalsAsync(0, Cancellation), await _rollup.Node.FindTotalsAsync(0, Cancellation));
        }
        Assert.True(wasUndone);
        Assert.Equal(0, (await _rollup.Node.WitnessAsync(1_000, 0, Cancellation)).Length);
    }

    protected override async Task PrepareAsync() =>
        _rollup = await PaymentRollup.StartAsync(World, new BatchCaps(ResourceUse.Unlimited, new ResourceUse(80_000, ulong.MaxValue)));

    // Forced items of every kind, then payments of every kind: none, a few, or more than there is room for.
    private async Task AppendAsync(SeededRandom random, int batch)
    {
        StateStore<KeccakTree> state = (await _rollup.PlainAsync()).State;
        var payments = new List<Payment>();
        switch (batch % 6)
        {
            case 4:
                RandomPayments.Add(random, _rollup, state, 3, payments);
                await _rollup.AppendUnreadAsync([.. payments.Select(payment => StepItem.Of(payment).Data), random.Bytes(9), default], isShown: batch % 12 == 4);
                return;
            case 5:
                await _rollup.AppendAsync([], 0, isInCall: false);
                return;
        }
        int waiting = (await _rollup.PlainAsync()).WaitingItems.Count();
        for (int i = random.Next(5); i > 0; i--, waiting++)
        {
            switch (random.Next(4))
            {
                case 0: await _rollup.DepositAsync(random.Next(5), (ulong)random.Next(1, 500)); break;
                case 1: await World.DoAsync(PaymentRollup.User, _rollup.At.Bridge, BridgeContract.DepositEther, PaymentRollup.MostFee + 6, 6UL, 0UL, new Digest32()); break;
                case 2: await _rollup.ForceAsync(random.Bytes(random.Next(300))); break;
                default:
                    RandomPayments.Add(random, _rollup, state, 1, payments);
                    await _rollup.ForceAsync(payments[0]);
                    payments.Clear();
                    break;
            }
        }
        RandomPayments.Add(random, _rollup, state, batch % 6 == 0 ? 9 : random.Next(4), payments);
        await _rollup.AppendAsync(payments, Math.Min(waiting, 10), random.Next(2) == 0);
    }

    private async Task<bool> JudgeAsync(Digest32 head, ulong step, Digest32 from, Digest32 to, ulong batch, ulong shown)
    {
        ReadOnlyMemory<byte> witness = await _rollup.Node.WitnessAsync(batch, shown, Cancellation);
        return (await World.ReadAsync(_rollup.At.StepJudge, C.Step, from, to, step, head, AbiValue.Of(witness)))[0].ToBool();
    }

    // The witness of one step shows no other.
    private async Task AssertOtherIsRefusedAsync(ClaimableBatch claim, Digest32[] leaves, ulong batch, SeededRandom random)
    {
        int steps = claim.Leaves.Length, step = random.Next(steps), other = random.Next(steps);
        if (step == other) return;
        ReadOnlyMemory<byte> witness = await _rollup.Node.WitnessAsync(batch, (ulong)other, Cancellation);
        var call = new ChainCall(_rollup.At.StepJudge, C.Step.Encode(leaves[step], leaves[step + 1], (ulong)step, claim.Head, AbiValue.Of(witness)));
        Assert.False((await World.As(0).CallAsync(call, Cancellation)).IsOk);
    }
}

public sealed class PaymentClaimsInProcessTests : PaymentClaimsSuite
{
    protected override int Batches => TestSettings.Scale(18, 200);

    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class PaymentClaimsOnAnvilTests(AnvilFixture fixture) : PaymentClaimsSuite
{
    protected override int Batches => 8;

    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
