using System.Buffers.Binary;
using Prozchain.Devnet.Adapters;
using Prozchain.Devnet.Workloads;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Jobs;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Rollups.Zk.Signatures;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using Hash = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Devnet.Stages;

/// <summary>
/// A rollup whose batches are proven (--rollup validity|hybrid): accounts by number under a tree of Poseidon2, keys of hashes, rows that are
/// posted without signatures, and proofs of whole batches that a worker of this process makes.
/// </summary>
internal sealed class ProvenRollup : RollupKind<Tree>
{
    // The treasury pays every sender a fund: 6,561 of them. Claims have so many leaves, more than any batch has steps.
    private const int TreasuryHeight = 8, ClaimHeight = 17;

    // Whatever leaves is proven; in hybrid mode the rest is final after the period.
    private static readonly FinalityPolicy s_policy = new(new FinalityRule(EffectKind.Withdrawal, 0, 1, FinalityRequirement.Prove), new FinalityRule(EffectKind.Message, 0, 0, FinalityRequirement.Prove));

    private readonly DevnetOptions _options;
    private readonly string _folder;
    private readonly FiledProofs _proofs;
    private readonly CancellationTokenSource _end = new();
    private ProverInputs<Tree>? _inputs;
    private Task _worker = Task.CompletedTask;

    /// <param name="options">The run's options.</param>
    /// <param name="folder">Where proofs, and jobs to make them, are kept.</param>
    public ProvenRollup(DevnetOptions options, string folder)
    {
        (_options, _folder, _proofs) = (options, folder, new FiledProofs(folder));
        Treasury = new OneTimeKeys().Open("The treasury", DevnetSeeds.Bytes(options.Seed, "treasury"), TreasuryHeight);
    }

    /// <inheritdoc/>
    /// <remarks>Amounts are whole base units.</remarks>
    public override PaymentRules Payments { get; } = new(DevnetChain.ProvenChainId, AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered, AmountExponent = 0 };

    public override ISigner Treasury { get; }

    public override AccountAddress TreasuryName => AccountAddress.FromNumber(0);

    public override int SignatureBytes => 0;

    /// <inheritdoc/>
    /// <remarks>A batch is one.</remarks>
    public override uint SegmentSteps => _options.Rollup == FinalityMode.Hybrid ? 1u << ClaimHeight : 0;

    public override Action<IStateView>? Genesis => state => NumberedGenesis.Write<Tree>(state, Treasury.PublicKey.Span);

    public override RollupPlan PlanOn(InProcessChain chain, RollupPlan plan) => plan with
    {
        GenesisRoot = NumberedGenesis.Root<Tree>(Treasury.PublicKey.Span),
        Payments = Payments,
        Rollup = Payments.ChainId,
        Height = ClaimHeight,
        Profile = RollupProfile.Proof<Tree>(chain.HostHash<Tree>(), chain.HostSignatures(NewVerifier())),
        ProofSystems = [(chain.HostProofs(_proofs), true)],
        Mode = new RollupMode(_options.Rollup, SettlementKind.InProcess, _proofs),
        Finality = plan.Finality with { Mode = _options.Rollup, SegmentSteps = 1 << ClaimHeight, Policy = s_policy },
    };

    public override DerivationRules RulesOf(DerivationRules rules) => rules with { IsBare = true, Signatures = SignatureMode.None };

    public override ITransactionCodec<Payment> Codec(IStateView view) => new PaymentRows(Payments.AmountExponent);

    public override ISignatureVerifier NewVerifier() => new HashVerifier<Hash>();

    public override Deriver<Payment, Tree> NewDeriver(DerivationRules rules, IStateTransition<Payment> transition) =>
        new(rules, transition, Codec, new PaymentAccess(rules.ChainId), Genesis) { Recorder = record => _inputs?.Add(record), AlwaysShown = ProverInputs<Tree>.AlwaysShown };

    public override void Connect(RollupSetup<Tree> setup, Func<ulong, ReadOnlyMemory<Payment>?> signed, Action<string> note)
    {
        _proofs.Note = note;
        var rules = new BatchRules(Payments, setup.Layer.Contracts.Bridge) { Limits = setup.Rules.Limits };
        BatchVerifier<Hash> verifier = BatchVerifier<Hash>.Of<Cells>(rules);
        ProverInputs<Tree> inputs = _inputs = new ProverInputs<Tree>(setup.Rules, Payments, NewVerifier(), verifier.Setup);
        var store = new ProofJobStore(Path.Combine(_folder, "jobs"));
        _proofs.System = new StepProofs(new RollupProver<Hash>(verifier, store, statement => inputs.Find(statement, signed), TimeSpan.FromMilliseconds(50)));
        _worker = new ProofWorker(store, new BatchProver<Hash, Cells>(rules) { Threads = _options.Parallelism }) { Poll = TimeSpan.FromMilliseconds(50) }.RunAsync(_end.Token);
    }

    public override AccountAddress? NameOf(int sender) => AccountAddress.FromNumber((uint)sender + 1);

    public override IReadOnlyList<(Func<CancellationToken, ValueTask<ClaimMove>> Step, bool IsHonest)> Parties(RollupSetup setup, IClaimSource source, IClaimSource told)
    {
        RollupAddresses at = setup.Layer.Contracts;
        ISettlementChain proposer = setup.Layer.As(SettlementRole.Proposer), verifier = setup.Layer.As(SettlementRole.Verifier);
        return _options.Rollup == FinalityMode.Validity
            ? [(new ProofProposer(proposer, at, source, [(0, _proofs)]).StepAsync, true)]
            : [(new ClaimProposer(proposer, at, told).StepAsync, true), (new SegmentProver(verifier, at, source, _proofs, 0, s_policy).StepAsync, true)];
    }

    public override (ulong Nonce, UInt128 Balance)? Find(StateStore<Tree> state, in AccountAddress account) =>
        account.TryGetNumber(out _) && state.Read(account.Digest, out ReadOnlySpan<byte> value) == StateReadStatus.Found && PaymentAccount.TryRead(value, AccountLayout.Numbered, out PaymentAccount read)
            ? (read.Nonce, read.Balance)
            : null;

    public override UInt128 Sum(StateStore<Tree> state)
    {
        ulong count = state.Read(PaymentKeys.Accounts<Tree>(), out ReadOnlySpan<byte> value) == StateReadStatus.Found ? BinaryPrimitives.ReadUInt64LittleEndian(value) : 0;
        UInt128 sum = 0;
        for (ulong number = 0; number < count; number++) sum += Find(state, AccountAddress.FromNumber((uint)number))?.Balance ?? 0;
        return sum;
    }

    public override void Dispose()
    {
        _end.Cancel();
        // It ends by that, or with the process.
        _worker.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
        (Treasury as IDisposable)?.Dispose();
    }
}
