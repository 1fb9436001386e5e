using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Settlement;

/// <summary>What a rollup's contracts are created with. Durations are seconds, amounts in the settlement layer's smallest unit.</summary>
public sealed record RollupPlan
{
    // The Inbox takes lists whose steps a tree of this height holds: of more there could be no true claim.
    private const int ListedHeight = 16;

    // Bare batches of numbered accounts may have 65,536 payments besides forced items, and Close.
    private const int NumberedHeight = 17;

    // A short amount has an exponent of at most six more, and the largest is 10^30.
    private const byte MostExponent = 24;

    // To derive what a batch was worth once its data is there or declared withheld, and to contest a claim about it.
    private const ulong DataMargin = 6 * 3_600;

    /// <summary>Who appends batches.</summary>
    public required L1Address Sequencer { get; init; }

    /// <summary>Who claims first; anyone does when it is silent.</summary>
    public required L1Address Proposer { get; init; }

    /// <summary>Who may pause for a while.</summary>
    public required L1Address Deputy { get; init; }

    /// <summary>The council: eight or more.</summary>
    public required IReadOnlyList<L1Address> Council { get; init; }

    /// <summary>The state root before the first batch.</summary>
    public required Digest32 GenesisRoot { get; init; }

    /// <summary>The rules of a payments rollup. In profile Evm its signatures are of its fee recipient's scheme, and what executes one of its steps again is created from them. Null for another rollup.</summary>
    public PaymentRules? Payments { get; init; }

    /// <summary>Another rollup's contract that executes one step again; zero where <see cref="Payments"/> says the rules, or a proof ends what is false.</summary>
    public L1Address StepVerifier { get; init; }

    /// <summary>Hash of the state and signatures of the accounts.</summary>
    public RollupProfile Profile { get; init; } = RollupProfile.Evm;

    /// <summary>Mode of finality and settlement layer.</summary>
    public required RollupMode Mode { get; init; }

    /// <summary>Who certifies data off-chain, and how many of them must.</summary>
    public IReadOnlyList<L1Address> Committee { get; init; } = [];

    /// <summary>Signatures of the committee that a batch off-chain needs.</summary>
    public ulong Threshold { get; init; }

    /// <summary>Periods of finality. In hybrid and validity mode proofs shorten them.</summary>
    public FinalityParameters Finality { get; init; } = new();

    /// <summary>Clocks and bond of disputes; their challenge period is that of finality.</summary>
    public TournamentParameters Tournament { get; init; } = new();

    /// <summary>Height of the trees of claims: a batch has at most 2^height transactions.</summary>
    public int Height { get; init; } = 16;

    /// <summary>Contracts that check proofs, and whether those are validity proofs; else they count as second opinions. None in optimistic mode.</summary>
    public IReadOnlyList<(L1Address Verifier, bool IsValidity)> ProofSystems { get; init; } = [];

    /// <summary>Silence of the proposer after which anyone claims.</summary>
    public ulong OpenDelay { get; init; } = 86_400;

    /// <summary>From a bond's release to its withdrawal.</summary>
    public ulong VaultDelay { get; init; } = 3 * 86_400 + 43_200;

    /// <summary>From the announcement of a council's call to the call: thirty days to leave before it, and what leaving takes by force with the largest balance.</summary>
    public ulong Timelock { get; init; } = 50 * 86_400;

    /// <summary>From asking for a sequencer's bond to getting it.</summary>
    public ulong StakeDelay { get; init; } = 30 * 86_400;

    /// <summary>Least bond of a sequencer.</summary>
    public UInt128 MinimumStake { get; init; } = 1_000_000_000_000_000_000;

    /// <summary>The rollup's number, which is in every withdrawal and message.</summary>
    public ulong Rollup { get; init; } = 1;

    /// <summary>Time in which a bucket of 256 small withdrawals gets one back.</summary>
    public ulong WithdrawalRefill { get; init; } = 600;

    /// <summary>What a large withdrawal waits.</summary>
    public ulong WithdrawalDelay { get; init; } = 7 * 86_400;

    /// <summary>What goes out at once in a day, in 10,000 parts of the escrow.</summary>
    public ushort WithdrawalCap { get; init; } = 1_000;

    /// <summary>Claims in one dispute at most that exits are planned for, the true one included.</summary>
    public ulong ExitClaims { get; init; } = 17;

    /// <summary>Longest time between two claims, or until a proof, of an honest chain.</summary>
    public ulong ExitInterval { get; init; } = 86_400;

    /// <summary>Time beyond that before everybody may leave.</summary>
    public ulong ExitMargin { get; init; } = 86_400;

    /// <summary>Time to ask for data, and as long again to answer: both together end six hours before a claim can be final by time.</summary>
    public ulong DataWindow { get; init; } = 86_400;

    /// <summary>What asking for data costs until it is there.</summary>
    public UInt128 DataBond { get; init; } = 100_000_000_000_000_000;

    /// <summary>When everybody may leave.</summary>
    public ExitDelay Exit => Mode.Finality == FinalityMode.Validity
        ? ExitDelay.ForValidity(Finality, ExitInterval, ExitMargin)
        : ExitDelay.ForDisputes(Finality, Tournament, ClaimsAtOnce, ExitInterval, ExitMargin);

    // A batch that is proven refutes every false claim about it at once: only the proof holds up, and it is part of the interval.
    internal ulong ClaimsAtOnce => Profile.IsProof ? 1 : ExitClaims;

    /// <summary>Refuses what the contracts would refuse.</summary>
    /// <exception cref="ArgumentException">Which, expected and got.</exception>
    public RollupPlan Check()
    {
        Finality.Check();
        Tournament.Check();
        if (Tournament.ChallengePeriod != Finality.OptimisticPeriod) throw new ArgumentException($"Expected disputes that are open for {Finality.OptimisticPeriod} seconds, as claims are, got {Tournament.ChallengePeriod}.", nameof(Tournament));
        if (Finality.Mode != Mode.Finality) throw new ArgumentException($"Expected {Mode.Finality} mode, got {Finality.Mode}.", nameof(Finality));
        if (Height is < 1 or > Claim.MaxHeight) throw new ArgumentException($"Expected a height of 1 to {Claim.MaxHeight}, got {Height}.", nameof(Height));
        if (Council.Count < Evm.GuardianContract.LeastMembers) throw new ArgumentException($"Expected a council of at least {Evm.GuardianContract.LeastMembers}, got {Council.Count}.", nameof(Council));
        if (Threshold > (ulong)Committee.Count) throw new ArgumentException($"Expected at most {Committee.Count} signatures, got {Threshold}.", nameof(Threshold));
        if (Profile.IsProof && Mode.Finality == FinalityMode.Optimistic) throw new ArgumentException("Expected hybrid or validity mode: nothing executes a step of this profile again, so only proofs end a false claim.", nameof(Mode));
        if (Profile.IsProof && !StepVerifier.IsZero) throw new ArgumentException($"Expected no contract that executes a step again where proofs end disputes, got {StepVerifier}.", nameof(StepVerifier));
        // Where everything is proven nothing is executed again.
        if (!Profile.IsProof && Mode.Finality != FinalityMode.Validity && Payments is null == StepVerifier.IsZero) throw new ArgumentException("Expected either rules of payments or a contract that executes a step again.", nameof(Payments));
        if (Payments is { } rules && (rules.ChainId != Rollup || !rules.KeysAreShown || (!Profile.IsProof && rules.FeeRecipient.Scheme is not (AccountAddress.P256Scheme or AccountAddress.Ed25519Scheme))))
            throw new ArgumentException($"Expected payments of rollup {Rollup} under which keys are shown and fees go to an account, got those of {rules.ChainId}.", nameof(Payments));
        CheckNumbered();
        int least = Payments?.Layout == AccountLayout.Numbered ? NumberedHeight : ListedHeight;
        if (Payments is not null && Height < least) throw new ArgumentException($"Expected trees of height {least} at least, which hold every batch's steps, got {Height}.", nameof(Height));
        if (Mode.Finality != FinalityMode.Validity && (DataWindow > Finality.OptimisticPeriod || Finality.OptimisticPeriod <= 2 * DataWindow + DataMargin))
            throw new ArgumentException($"Expected claims that can be contested for more than {2 * (UInt128)DataWindow + DataMargin} seconds, until data was asked for, answered and derived, got {Finality.OptimisticPeriod}.", nameof(DataWindow));
        bool isOptimistic = Mode.Finality == FinalityMode.Optimistic;
        if (isOptimistic != (ProofSystems.Count == 0)) throw new ArgumentException($"Expected {(isOptimistic ? "no proof systems" : "proof systems")} in {Mode.Finality} mode, got {ProofSystems.Count}.", nameof(ProofSystems));
        ulong segments = Finality.SegmentsOf(1UL << Height);
        if (Mode.Finality == FinalityMode.Hybrid && (Finality.SegmentSteps > 1UL << Height || segments > FinalityParameters.MaxSegments))
            throw new ArgumentException($"Expected at most {FinalityParameters.MaxSegments} segments, each of at most 2^{Height} steps, got {segments} of {Finality.SegmentSteps}.", nameof(Finality));
        if (!isOptimistic && !ProofSystems.Any(static system => system.IsValidity)) throw new ArgumentException("Expected at least one validity proof, got second opinions only.", nameof(ProofSystems));
        return this;
    }

    // What a circuit of the rules rests on.
    private void CheckNumbered()
    {
        if (Payments is not { Layout: AccountLayout.Numbered } rules) return;
        if (!Profile.IsProof) throw new ArgumentException("Expected accounts by address where the settlement layer executes a step again, got numbered ones.", nameof(Payments));
        if (rules.FeeRecipient != AccountAddress.FromNumber(0)) throw new ArgumentException($"Expected account 0 as fee recipient, got {rules.FeeRecipient}.", nameof(Payments));
        if (Rollup >= NumberedLimits.Chains) throw new ArgumentException($"Expected a number below {NumberedLimits.Chains}, got {Rollup}.", nameof(Rollup));
        if (GenesisRoot == default) throw new ArgumentException("Expected the root of a state that has account 0 (NumberedGenesis), got that of the empty one.", nameof(GenesisRoot));
        // No payment and no batch may cross a cap.
        const ulong Most = NumberedLimits.Payments + Evm.InboxContract.MaxForcedPerBatch;
        ResourceUse one = PaymentRules.Dearest, all = new(Most * one.ExecutionGas, Most * one.ProvingUnits);
        if (!one.FitsIn(rules.Caps.Transaction) || !all.FitsIn(rules.Caps.Batch)) throw new ArgumentException($"Expected caps of at least {one} a payment and {all} a batch, got {rules.Caps}.", nameof(Payments));
        if (rules.AmountExponent > MostExponent) throw new ArgumentException($"Expected amounts from 10^0 to 10^{MostExponent}, got 10^{rules.AmountExponent}.", nameof(Payments));
    }
}
