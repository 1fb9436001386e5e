using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Finality;

public sealed class RollupModeTests
{
    /// <summary>Until a proof exists that the EVM can afford.</summary>
    [Theory]
    [InlineData(FinalityMode.Validity)]
    [InlineData(FinalityMode.Hybrid)]
    public void Mode_WithProofsOnAnEvm_IsRefused(FinalityMode mode)
    {
        var fault = Assert.Throws<ArgumentException>(() => new RollupMode(mode, SettlementKind.Evm, new ReexecutionProofs()));
        Assert.Contains("no validity proof that the EVM can afford", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mode_WithoutWhatItNeeds_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new RollupMode(FinalityMode.Validity, SettlementKind.InProcess));
        Assert.Throws<ArgumentException>(() => new RollupMode(FinalityMode.Optimistic, SettlementKind.Evm, new ReexecutionProofs()));
        Assert.Throws<ArgumentException>(() => new RollupMode((FinalityMode)9, SettlementKind.Evm));
        Assert.Equal(FinalityMode.Optimistic, new RollupMode(FinalityMode.Optimistic, SettlementKind.Evm).Finality);
        Assert.NotNull(new RollupMode(FinalityMode.Validity, SettlementKind.InProcess, new ReexecutionProofs()).Proofs);
        // No contract checks its proofs: it settles in process, where it does so itself.
        Assert.NotNull(new RollupMode(FinalityMode.Hybrid, SettlementKind.InProcess, new OwnProofs()).Proofs);
        Assert.Throws<ArgumentException>(() => new RollupMode(FinalityMode.Hybrid, SettlementKind.Evm, new OwnProofs()));
    }

    [Fact]
    public void Plan_ThatTheContractsWouldRefuse_IsRefused()
    {
        var council = Enumerable.Range(1, 8).Select(i => new L1Address([.. new byte[19], (byte)i])).ToArray();
        var plan = new RollupPlan
        {
            Sequencer = council[0], Proposer = council[1], Deputy = council[2], Council = council, GenesisRoot = World.Root(1), StepVerifier = council[3],
            Mode = new RollupMode(FinalityMode.Optimistic, SettlementKind.Evm),
        };
        var payments = new PaymentRules(1, new AccountAddress(AccountAddress.P256Scheme, World.Root(2).Value));
        Assert.Same(plan, plan.Check());
        RollupPlan hybrid = plan with
        {
            Mode = new RollupMode(FinalityMode.Hybrid, SettlementKind.InProcess, new ReexecutionProofs()), Finality = new FinalityParameters { Mode = FinalityMode.Hybrid }, ProofSystems = [(council[0], true)],
        };
        Assert.Same(hybrid, hybrid.Check());
        Assert.NotNull((plan with { StepVerifier = default, Payments = payments }).Check());
        foreach (RollupPlan bad in new[]
        {
            plan with { Council = council[..7] },
            plan with { Threshold = 1 },
            plan with { Height = 33 },
            plan with { StepVerifier = default },
            plan with { Payments = payments },
            plan with { StepVerifier = default, Payments = payments with { ChainId = 2 } },
            plan with { StepVerifier = default, Payments = payments with { KeysAreShown = false } },
            plan with { StepVerifier = default, Payments = new PaymentRules(1, default) },
            plan with { StepVerifier = default, Payments = payments, Height = 15 },
            plan with { ProofSystems = [(council[0], true)] },
            plan with { Finality = new FinalityParameters { OptimisticPeriod = 86_399 } },
            plan with { Tournament = new TournamentParameters { ChallengePeriod = 86_400 } },
            // Final before data that was asked for at the last moment is there, or declared withheld.
            OfPeriod(2 * 86_400 + 6 * 3_600),
            OfPeriod(86_400) with { DataWindow = 9 * 3_600 },
            plan with { DataWindow = ulong.MaxValue / 2 },
            plan with { Mode = new RollupMode(FinalityMode.Hybrid, SettlementKind.InProcess, new ReexecutionProofs()) },
            hybrid with { Finality = hybrid.Finality with { SegmentSteps = 128 } },
            hybrid with { Finality = hybrid.Finality with { SegmentSteps = 1 << 17 } },
        })
            Assert.Throws<ArgumentException>(bad.Check);
        Assert.NotNull(OfPeriod(2 * 86_400 + 6 * 3_600 + 1).Check());

        RollupPlan OfPeriod(ulong seconds) =>
            plan with { Finality = new FinalityParameters { OptimisticPeriod = seconds }, Tournament = new TournamentParameters { ChallengePeriod = seconds } };
    }

    private sealed class OwnProofs : IProofSystem
    {
        public Digest32 SetupId => World.Root(3);

        public string? OnChainVerifier => null;

        public ValueTask<ReadOnlyMemory<byte>> ProveAsync(ProofStatement statement, IProgress<double>? progress, CancellationToken cancellationToken) => throw new ArgumentException("Expected a batch that is there.", nameof(statement));

        public bool Verify(in ProofStatement statement, ReadOnlySpan<byte> proof) => false;
    }

    /// <summary>Where proofs end disputes, there is nothing that executes a step again, and there must be proofs.</summary>
    [Fact]
    public void Plan_OfProfileProof_NeedsProofsAndNothingElse()
    {
        var council = Enumerable.Range(1, 8).Select(i => new L1Address([.. new byte[19], (byte)i])).ToArray();
        var payments = new PaymentRules(1, new AccountAddress(3, World.Root(2).Value));
        var plan = new RollupPlan
        {
            Sequencer = council[0], Proposer = council[1], Deputy = council[2], Council = council, GenesisRoot = World.Root(1), Payments = payments,
            Profile = RollupProfile.Proof<Sha256Tree>(council[3], council[4]), ProofSystems = [(council[5], true)],
            Mode = new RollupMode(FinalityMode.Hybrid, SettlementKind.InProcess, new ReexecutionProofs()), Finality = new FinalityParameters { Mode = FinalityMode.Hybrid },
        };
        plan = plan with { Tournament = plan.Tournament with { ChallengePeriod = plan.Finality.OptimisticPeriod } };
        Assert.Same(plan, plan.Check());
        // Nobody is held up by disputes.
        Assert.Equal(plan.Finality.OptimisticPeriod + plan.ExitInterval + plan.ExitMargin + 1, plan.Exit.Seconds);
        Assert.True((plan with { Profile = RollupProfile.Evm }).Exit.Seconds > plan.Exit.Seconds);
        foreach (RollupPlan bad in new[]
        {
            plan with { StepVerifier = council[6] },
            plan with { ProofSystems = [] },
            plan with { Profile = RollupProfile.Evm },
            plan with { ProofSystems = [], Mode = new RollupMode(FinalityMode.Optimistic, SettlementKind.Evm), Finality = plan.Finality with { Mode = FinalityMode.Optimistic } },
        })
            Assert.Throws<ArgumentException>(bad.Check);
        PaymentRules numbered = new(1, AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered };
        var dearest = new ResourceUse(16_500, 1_640);
        ulong most = 65_536 + 10;
        var least = new BatchCaps(dearest, new ResourceUse(most * 16_500, most * 1_640));
        plan = plan with { Height = 17, Finality = plan.Finality with { SegmentSteps = 1 << 13 } };
        Assert.NotNull((plan with { Payments = numbered }).Check());
        Assert.NotNull((plan with { Payments = numbered with { Caps = least } }).Check());
        foreach (RollupPlan bad in new[]
        {
            plan with { Payments = numbered, Profile = RollupProfile.Evm },
            plan with { Payments = numbered with { FeeRecipient = payments.FeeRecipient } },
            plan with { Payments = numbered with { FeeRecipient = AccountAddress.FromNumber(1) } },
            plan with { Payments = numbered with { ChainId = 1 << 30 }, Rollup = 1 << 30 },
            plan with { Payments = numbered with { KeysAreShown = false } },
            plan with { Payments = numbered with { AmountExponent = 25 } },
            plan with { Payments = numbered, GenesisRoot = default },
            plan with { Payments = numbered, Height = 16 },
            plan with { Payments = numbered with { Caps = least with { Transaction = dearest with { ExecutionGas = 16_499 } } } },
            plan with { Payments = numbered with { Caps = least with { Transaction = dearest with { ProvingUnits = 1_639 } } } },
            plan with { Payments = numbered with { Caps = least with { Batch = least.Batch with { ExecutionGas = most * 16_500 - 1 } } } },
            plan with { Payments = numbered with { Caps = least with { Batch = least.Batch with { ProvingUnits = most * 1_640 - 1 } } } },
        })
            Assert.Throws<ArgumentException>(bad.Check);
        Assert.Throws<ArgumentException>(() => RollupProfile.Proof<Sha256Tree>(default, council[4]));
        Assert.Throws<ArgumentException>(() => RollupProfile.Proof<Sha256Tree>(council[3], default));
    }
}
