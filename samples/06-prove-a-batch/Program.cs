// A rollup of payments in validity mode: accounts sign with hash-based keys, which a quantum computer does not break, rows are posted without
// signatures, and a batch is final once a STARK shows that exactly the posted bytes, all of them signed, lead from one state root to the next.
// Usage: prove-a-batch. Exit code 0: the batches are proven and final, the withdrawal is paid, and forgeries were refused.
using System.Diagnostics;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Jobs;
using Prozchain.Rollups.Zk.Ports;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Rollups.Zk.Signatures;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using Hash = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

const ulong Chain = 7;
string folder = Directory.CreateTempSubdirectory("prove-a-batch").FullName;
var l1 = new InProcessChain(timestampSeconds: 1_800_000_000);
L1Address[] people = [.. Enumerable.Range(1, 8).Select(i => new L1Address([(byte)i, .. new byte[19]]))];
foreach (L1Address person in people) l1.Mint(person, UInt128.Parse("1000000000000000000000"));
ISettlementChain keeper = l1.As(people[0]), proposer = l1.As(people[1]), somebody = l1.As(people[2]);

// Wallets. The file knows which one-time keys were used, and is written before a signature leaves.
using Wallet operatorWallet = new(folder, 1), alice = new(folder, 2), bob = new(folder, 3);

// What everybody agrees on, and the proofs of it: inputs come from what the node records and the sequencer keeps, workers take them from a folder.
var payments = new PaymentRules(Chain, FeeRecipient: AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered };
var proven = new BatchRules(payments, RollupDeployment.BridgeOf(keeper.Account, sent: 0));
BatchVerifier<Hash> verifier = BatchVerifier<Hash>.Of<Cells>(proven);
var jobs = new ProofJobStore(Path.Combine(folder, "jobs"));
ProverInputs<Tree>? inputs = null;
RollupSequencer<Payment, Tree>? sequencer = null;
var proofs = new RollupProver<Hash>(verifier, jobs, asked => inputs!.Find(asked, number => sequencer!.FindSigned(number)), TimeSpan.FromMilliseconds(50));

RollupAddresses at = await Mined(RollupDeployment.DeployAsync(keeper, new RollupPlan
{
    Sequencer = keeper.Account, Proposer = proposer.Account, Deputy = keeper.Account, Council = people, Payments = payments, Rollup = Chain, Height = 17,
    GenesisRoot = NumberedGenesis.Root<Tree>(operatorWallet.PublicKey.Span), Mode = new RollupMode(FinalityMode.Validity, SettlementKind.InProcess, proofs),
    Profile = RollupProfile.Proof<Tree>(l1.HostHash<Tree>(), l1.HostSignatures(new HashVerifier<Hash>())), ProofSystems = [(l1.HostProofs(proofs), true)],
    Finality = new FinalityParameters { Mode = FinalityMode.Validity },
}, default));

// The node records what provers need.
var rules = new DerivationRules(Chain, at.Inbox, at.Bridge, FirstBlock: 0) { DataChallenge = at.DataChallenge, IsBare = true, Signatures = SignatureMode.None };
inputs = new ProverInputs<Tree>(rules, payments, new HashVerifier<Hash>(), verifier.Setup);
var (data, access) = (new InMemoryDataPublisher(), new PaymentAccess(Chain));
var executed = new Latest();
using var node = new PaymentNode<Tree>(payments, new HashVerifier<Hash>(), somebody, at.StateChain, () => new(rules, somebody, data, () =>
    new Deriver<Payment, Tree>(rules, Transition(), Rows, access, Genesis) { Recorder = inputs.Add, AlwaysShown = ProverInputs<Tree>.AlwaysShown }));
using var words = new P256Signer([.. Enumerable.Repeat((byte)9, 32)]);
using var journal = new FileTransactionJournal(Path.Combine(folder, "journal"));
sequencer = new(new(rules, keeper, data, Transition, Rows, access, words, journal) { Genesis = Genesis }, new() { Posting = SourceKind.OffChain });
await sequencer.StartAsync(default);

// A deposit makes Alice's account, number 1; she pays Bob, who has none yet and gets number 2, and he pays on and withdraws.
await Mined(new RollupUser(somebody, at).DepositAsync(1_000, alice.Address, default));
await PostAsync();
await PostAsync(alice.Sign(new Payment { Sender = AccountAddress.FromNumber(1), Recipient = bob.Address, Amount = 300, Fee = 2 }));
await PostAsync(
    bob.Sign(new Payment { Sender = AccountAddress.FromNumber(2), Recipient = AccountAddress.FromNumber(1), Amount = 50, Fee = 1 }),
    bob.Sign(new Payment { Sender = AccountAddress.FromNumber(2), Nonce = 1, Kind = PaymentKind.Withdraw, Amount = 5, Fee = 1, L1Recipient = people[5] }));

// A worker proves, the proposer submits, and after the delay in which a flaw of the proof system could be shown the batches are final.
_ = new ProofWorker(jobs, new BatchProver<Hash, Cells>(proven)).RunAsync(default);
long start = Stopwatch.GetTimestamp();
var prover = new ProofProposer(proposer, at, node, [(0, proofs)]);
var user = new RollupUser(somebody, at);
for (int days = 0; days < 3; days++)
{
    while (await Mined(prover.StepAsync(default)) != ClaimMove.None) { }
    if (days == 0) Console.WriteLine($"three batches proven in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
    l1.Mine(l1.Head.TimestampSeconds + 86_400);
}
Check((await user.StandingAsync(default)).Final == 3, "all batches to be final");
UInt128 before = l1.BalanceOf(people[5]);
Check(await Mined(user.WithdrawAsync(executed.Batch!, 0, default)) && l1.BalanceOf(people[5]) == before + 5, "the withdrawal to be paid");

// What anybody can check: from the proof's bytes and three words of the settlement layer. Another word, or another byte, is refused.
ClaimableBatch last = (await node.FindAsync(2, default))!.Value;
var statement = new ProofStatement(last.StartLeaf, ProofStatement.LeafOf(last.StateRoot, last.ExitRoot), last.Head);
ReadOnlyMemory<byte> proof = await proofs.ProveAsync(statement, null, default);
byte[] forged = proof.ToArray();
forged[^1000] ^= 1;
Console.WriteLine($"batch 2: {proof.Length} bytes of proof: {verifier.Verify(statement, proof)}");
Console.WriteLine($"of another state: {verifier.Verify(statement with { FinalLeaf = last.StartLeaf }, proof)} A byte changed: {verifier.Verify(statement, forged)}");
Check(verifier.Verify(statement, proof).IsValid && !verifier.Verify(statement, forged).IsValid, "the proof, and no forgery, to be valid");
Directory.Delete(folder, recursive: true);

Payments<Tree> Transition() => new(payments, new HashVerifier<Hash>());
ITransactionCodec<Payment> Rows(IStateView state) => new PaymentRows(payments.AmountExponent);
void Genesis(IStateView state) => NumberedGenesis.Write<Tree>(state, operatorWallet.PublicKey.Span);

async Task PostAsync(params Payment[] batch)
{
    await sequencer.FollowAsync(default);
    var results = new PoolResult[batch.Length];
    sequencer.Submit(batch, results);
    sequencer.Extend();
    sequencer.Close();
    Check(results.All(result => result == PoolResult.Accepted) && await Mined(new ValueTask<int>(sequencer.PostAsync(default))) == 1, "a batch");
    await node.SyncAsync(executed, default);
}

async Task<T> Mined<T>(ValueTask<T> work)
{
    Task<T> task = work.AsTask();
    for (; !task.IsCompleted; await Task.Delay(1)) l1.Mine(l1.Head.TimestampSeconds + 1);
    return await task;
}

static void Check(bool isHeld, string what) => _ = isHeld ? 0 : throw new InvalidOperationException($"Expected {what}.");
/// <summary>The batch that was executed last.</summary>
internal sealed class Latest : IProgress<ExecutedBatch>
{
    public ExecutedBatch? Batch { get; private set; }
    public void Report(ExecutedBatch value) => Batch = value;
}

/// <summary>A key tree of 81 one-time keys, and the file that says which are used.</summary>
internal sealed class Wallet : IDisposable
{
    private readonly HashKeyTree<Hash> _tree;
    private readonly FileKeyIndexStore _used;

    public Wallet(string folder, byte secret)
    {
        _tree = HashKeyTree<Hash>.Generate([.. Enumerable.Repeat(secret, 32)], height: 4);
        _used = FileKeyIndexStore.Create(Path.Combine(folder, $"wallet{secret}"), _tree.PublicKey.Span);
    }

    public ReadOnlyMemory<byte> PublicKey => _tree.PublicKey;
    public AccountAddress Address => AccountAddress.FromPublicKey(_tree.PublicKey.Span);

    public Payment Sign(in Payment payment) => PaymentMessage.Sign(payment, new HashSigner<Hash>(_tree, _used), chainId: 7);

    public void Dispose()
    {
        _used.Dispose();
        _tree.Dispose();
    }
}
