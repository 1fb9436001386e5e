using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// Creates all contracts of a rollup. They name each other, so the addresses of those to come are computed from the
/// creator's account and its count of transactions; nothing else may be sent from the account meanwhile.
/// </summary>
public static class RollupDeployment
{
    private const ulong MostTransactions = 1 << 20, GasLimit = 10_000_000;

    /// <summary>Creates the contracts.</summary>
    /// <param name="chain">The settlement layer, as the creator's account sees it.</param>
    /// <param name="plan">What they are created with.</param>
    /// <param name="cancellationToken">Ends the call; what was created stays without use.</param>
    /// <exception cref="ArgumentException">The plan is not sound.</exception>
    /// <exception cref="InvalidOperationException">A contract could not be created, one that the profile names is not what it should be, or the account sent something else meanwhile.</exception>
    public static ValueTask<RollupAddresses> DeployAsync(ISettlementChain chain, RollupPlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return DeployAsync(chain, plan, CreationOf(plan), cancellationToken);
    }

    /// <summary>Creates the contracts, or goes on where an earlier call with the same plan and count was cut off: what is there is found again.</summary>
    /// <param name="chain">The settlement layer, as the creator's account sees it.</param>
    /// <param name="plan">What they are created with.</param>
    /// <param name="count">Transactions that the account had sent before the first call, which the caller noted then.</param>
    /// <param name="cancellationToken">Ends the call; a contract that was sent may still be created.</param>
    /// <exception cref="ArgumentException">The plan is not sound.</exception>
    /// <exception cref="InvalidOperationException">A contract could not be created, or the account sent something else since.</exception>
    public static ValueTask<RollupAddresses> DeployAsync(ISettlementChain chain, RollupPlan plan, ulong count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return DeployAsync(chain, plan, CreationOf(plan), cancellationToken, count);
    }

    /// <summary>Where the bridge will be, which the setup of a proof system names before there is one.</summary>
    /// <param name="creator">The account that will create the contracts.</param>
    /// <param name="sent">Transactions that it will have sent before.</param>
    public static L1Address BridgeOf(L1Address creator, ulong sent) => L1Address.OfCreated(creator, sent + 2);

    /// <summary>With contracts of the caller's.</summary>
    internal static async ValueTask<RollupAddresses> DeployAsync(ISettlementChain chain, RollupPlan plan, Func<string, AbiValue[], byte[]> creation, CancellationToken cancellationToken, ulong? before = null)
    {
        ArgumentNullException.ThrowIfNull(chain);
        plan.Check();
        await plan.Profile.CheckAsync(chain, cancellationToken).ConfigureAwait(false);
        // The first one shows how many transactions the account had sent before.
        L1Address guardian = before is { } sent && L1Address.OfCreated(chain.Account, sent) is var first && await IsThereAsync(chain, first, cancellationToken).ConfigureAwait(false)
            ? first
            : await CreateAsync(chain, creation, "Guardian", cancellationToken, plan.Deputy, List(plan.Council), plan.Timelock).ConfigureAwait(false);
        ulong count = CountBefore(chain.Account, guardian);
        if (before is { } noted && noted != count) throw new InvalidOperationException($"Expected an account that had sent {noted} transactions, got {count}.");
        L1Address At(ulong place) => L1Address.OfCreated(chain.Account, count + place);
        bool isProven = plan.ProofSystems.Count > 0, isDisputed = !plan.Profile.IsProof;
        // Without disputes what comes after them moves up.
        ulong after = isDisputed ? 6UL : 5;
        var at = new RollupAddresses(guardian, Inbox: At(1), Bridge: At(2), StakeRegistry: At(3), BondVault: At(4), StateChain: At(5), Tournament: isDisputed ? At(6) : default, MessageRoot: At(after + 1), EscapeHatch: At(after + 2), DataChallenge: At(after + 3), ProofRegistry: isProven ? At(after + 4) : default, StepJudge: plan.StepVerifier);
        ulong steps = after + (isProven ? 5UL : 4);
        PaymentRules? executed = isDisputed ? plan.Payments : null;
        bool isEd25519 = executed?.FeeRecipient.Scheme == AccountAddress.Ed25519Scheme;
        // Contracts of the rollup's own check what the hatch has no precompile for.
        L1Address authorizer = isEd25519 ? At(steps) : plan.Profile.Authorizer;
        if (executed is not null) at = at with { StepJudge = At(steps + (isEd25519 ? 2UL : 1)) };
        AbiValue[] rules = Policy(plan);
        if (rules.Length > 0) at = at with { FinalityPolicy = At(steps + (executed is null ? 0UL : isEd25519 ? 3UL : 2)) };
        AbiValue judges = List(isDisputed ? [at.StateChain, at.Tournament] : [at.StateChain]);

        // In the order of their places. What is new comes last.
        bool isValidity = plan.Mode.Finality == FinalityMode.Validity;
        if (isValidity) (at, authorizer) = (Proven(guardian, At), isEd25519 ? At(8) : plan.Profile.Authorizer);
        (string Name, L1Address Address, AbiValue[] Arguments)[] rest = isValidity ? Proven(plan, at, authorizer, isEd25519) :
        [
            ("Inbox", at.Inbox, [plan.Sequencer, List(plan.Committee), plan.Threshold]),
            ("Bridge", at.Bridge, Bridge(plan, at)),
            ("StakeRegistry", at.StakeRegistry, [judges, plan.StakeDelay, plan.MinimumStake]),
            ("BondVault", at.BondVault, [judges, guardian, plan.VaultDelay]),
            ("StateChain", at.StateChain, StateChain(plan, at)),
            .. isDisputed ? [("Tournament", at.Tournament, [at.StateChain, at.BondVault, at.StepJudge, (ulong)plan.Height, Rules(plan.Tournament)])] : Array.Empty<(string, L1Address, AbiValue[])>(),
            ("MessageRoot", at.MessageRoot, [at.Inbox, at.StateChain, at.EscapeHatch, plan.Rollup, at.FinalityPolicy]),
            ("EscapeHatch", at.EscapeHatch, Hatch(plan, at, authorizer)),
            ("DataChallenge", at.DataChallenge, [at.Inbox, plan.DataWindow, plan.DataWindow, plan.DataBond]),
            .. isProven ? [("ProofRegistry", at.ProofRegistry, Registry(plan, guardian))] : Array.Empty<(string, L1Address, AbiValue[])>(),
            .. executed is { } payments ? Steps(payments, at, At(steps), isEd25519 ? At(steps + 1) : default) : [],
            .. rules.Length > 0 ? [("FinalityPolicy", at.FinalityPolicy, [at.StateChain, AbiValue.List(rules)])] : Array.Empty<(string, L1Address, AbiValue[])>(),
        ];
        foreach ((string name, L1Address address, AbiValue[] arguments) in rest)
        {
            if (before is not null && await IsThereAsync(chain, address, cancellationToken).ConfigureAwait(false)) continue;
            L1Address created = await CreateAsync(chain, creation, name, cancellationToken, arguments).ConfigureAwait(false);
            if (created != address) throw new InvalidOperationException($"Expected {name} at {address}, got {created}: the account sent something else meanwhile.");
        }
        return at;
    }

    /// <summary>The rules of disputes as the contract takes them.</summary>
    internal static AbiValue Rules(TournamentParameters p) => AbiValue.List(
        p.ChallengePeriod, p.MatchTime, p.GracePeriod, p.Extension, (ulong)p.MaxExtensions, (ulong)p.GroupSize, p.Bond, p.AnswerCost, p.MoveRefund);

    // What the delay until everybody may leave is worked out from, so that the contract can do it again.
    private static AbiValue Clocks(RollupPlan plan)
    {
        TournamentParameters p = plan.Tournament;
        bool isDisputed = plan.Mode.Finality != FinalityMode.Validity;
        return AbiValue.List(
            isDisputed ? plan.Finality.OptimisticPeriod : plan.Finality.ValidityDelay, isDisputed ? p.ChallengePeriod : 0, p.RoundLength, (ulong)p.GroupSize, (ulong)p.MaxDemotions,
            isDisputed ? plan.ClaimsAtOnce : 1, plan.ExitInterval, plan.ExitMargin);
    }

    // Signatures of Ed25519 have a contract of their own, before the verifier that calls it.
    private static (string Name, L1Address Address, AbiValue[] Arguments)[] Steps(PaymentRules rules, RollupAddresses at, L1Address first, L1Address second)
    {
        AbiValue[] list =
        [
            rules.ChainId, (ulong)rules.FeeRecipient.Scheme, rules.FeeRecipient.Digest, rules.Caps.Transaction.ExecutionGas, rules.Caps.Transaction.ProvingUnits,
            rules.Caps.Batch.ExecutionGas, rules.Caps.Batch.ProvingUnits, second.IsZero ? default(L1Address) : first,
        ];
        L1Address verifier = second.IsZero ? first : second;
        (string, L1Address, AbiValue[])[] all = [("Ed25519", first, []), ("StepVerifier", verifier, [AbiValue.List(list)]), ("StepJudge", at.StepJudge, [verifier, at.Bridge, at.DataChallenge])];
        return second.IsZero ? all[1..] : all;
    }

    // One contract orders batches and says what is final; of claims and disputes there is nothing.
    private static RollupAddresses Proven(L1Address guardian, Func<ulong, L1Address> at) => new(
        guardian, Inbox: at(1), Bridge: at(2), StakeRegistry: at(3), BondVault: default, ProofRegistry: at(4), StateChain: at(1), Tournament: default,
        MessageRoot: at(5), EscapeHatch: at(6), DataChallenge: at(7), StepJudge: default);

    private static (string Name, L1Address Address, AbiValue[] Arguments)[] Proven(RollupPlan plan, RollupAddresses at, L1Address authorizer, bool isEd25519) =>
    [
        ("ProvenChain", at.Inbox, [plan.Sequencer, List(plan.Committee), plan.Threshold, at.ProofRegistry, plan.Finality.ValidityDelay, plan.GenesisRoot]),
        ("Bridge", at.Bridge, Bridge(plan, at)),
        ("StakeRegistry", at.StakeRegistry, [AbiValue.List(at.StateChain), plan.StakeDelay, plan.MinimumStake]),
        ("ProofRegistry", at.ProofRegistry, Registry(plan, at.Guardian)),
        ("MessageRoot", at.MessageRoot, [at.Inbox, at.StateChain, at.EscapeHatch, plan.Rollup, at.FinalityPolicy]),
        ("EscapeHatch", at.EscapeHatch, Hatch(plan, at, authorizer)),
        ("DataChallenge", at.DataChallenge, [at.Inbox, plan.DataWindow, plan.DataWindow, plan.DataBond]),
        .. isEd25519 ? [("Ed25519", authorizer, [])] : Array.Empty<(string, L1Address, AbiValue[])>(),
    ];

    private static AbiValue[] Bridge(RollupPlan plan, RollupAddresses at) =>
        [at.Inbox, at.StateChain, at.Guardian, at.EscapeHatch, plan.Rollup, plan.WithdrawalRefill, plan.WithdrawalDelay, (ulong)plan.WithdrawalCap, at.FinalityPolicy];

    private static AbiValue[] Hatch(RollupPlan plan, RollupAddresses at, L1Address authorizer) => [at.StateChain, at.Bridge, at.Inbox, plan.Exit.Seconds, Clocks(plan), AbiValue.List(plan.Profile.Hasher, authorizer)];

    private static AbiValue[] StateChain(RollupPlan plan, RollupAddresses at) =>
    [
        at.Inbox, at.Tournament, at.BondVault, at.ProofRegistry, plan.Proposer, plan.Finality.OptimisticPeriod, plan.Finality.ValidityDelay, plan.OpenDelay, plan.Tournament.Bond, (ulong)plan.Height, plan.GenesisRoot,
        plan.Mode.Finality == FinalityMode.Hybrid ? plan.Finality.SegmentSteps : 0UL,
    ];

    // What the contracts ask of exits; in hybrid mode alone.
    private static AbiValue[] Policy(RollupPlan plan)
    {
        var rules = new List<AbiValue>();
        if (plan.Mode.Finality != FinalityMode.Hybrid) return [];
        foreach (FinalityRule rule in plan.Finality.Policy.Rules)
            if (rule.Requirement != FinalityRequirement.Optimistic) rules.Add(AbiValue.List((ulong)rule.Kind, (ulong)rule.Token, rule.FromValue, (ulong)rule.Requirement));
        return [.. rules];
    }

    private static AbiValue[] Registry(RollupPlan plan, L1Address governor) =>
    [
        governor, List(plan.ProofSystems.Select(static system => system.Verifier)), AbiValue.List([.. plan.ProofSystems.Select(static system => (AbiValue)system.IsValidity)]), (ulong)plan.Finality.AgreeingSystems,
    ];

    private static AbiValue List(IEnumerable<L1Address> addresses) => AbiValue.List([.. addresses.Select(static address => (AbiValue)address)]);

    private static Func<string, AbiValue[], byte[]> CreationOf(RollupPlan plan) =>
        plan.Mode.Settlement == SettlementKind.Evm ? static (name, arguments) => ContractCode.Load(name).Create(arguments) : static (name, arguments) => ContractTwins.Creation(name, arguments);

    // What no contract understands each of them refuses; where there is none, it does nothing.
    private static async ValueTask<bool> IsThereAsync(ISettlementChain chain, L1Address contract, CancellationToken cancellationToken) =>
        !(await chain.CallAsync(new ChainCall(contract, new byte[4]), cancellationToken).ConfigureAwait(false)).IsOk;

    private static async ValueTask<L1Address> CreateAsync(ISettlementChain chain, Func<string, AbiValue[], byte[]> creation, string name, CancellationToken cancellationToken, params AbiValue[] arguments)
    {
        ChainReceipt receipt = await chain.SendAsync(new ChainCall(default, creation(name, arguments), 0, GasLimit), cancellationToken).ConfigureAwait(false);
        return receipt.IsOk ? receipt.Created : throw new InvalidOperationException($"Expected {name} to be created.");
    }

    private static ulong CountBefore(L1Address creator, L1Address created)
    {
        for (ulong count = 0; count < MostTransactions; count++)
            if (L1Address.OfCreated(creator, count) == created) return count;
        throw new InvalidOperationException($"Expected an account that sent less than {MostTransactions} transactions.");
    }
}
