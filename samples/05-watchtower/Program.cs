// A watchtower over a rollup of payments: a node derives the rollup by itself, and what contracts and claims say is held against it. Here
// a proposer lies, data is withheld, and a bridge holds less than it took in: each has its alarm, and the last trips a breaker, which expires.
// Usage: watchtower. Exit code 0: every alarm came when it was due, and no other; else it says what did not.
using System.Buffers;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

var l1 = new InProcessChain(timestampSeconds: 1_800_000_000);
L1Address[] people = [.. Enumerable.Range(1, 8).Select(i => new L1Address([(byte)i, .. new byte[19]]))];
foreach (L1Address person in people) l1.Mint(person, UInt128.Parse("1000000000000000000000"));
ISettlementChain keeper = l1.As(people[0]), proposer = l1.As(people[1]), watcher = l1.As(people[2]);
using P256Signer alice = new([.. Enumerable.Repeat((byte)1, 32)]), words = new([.. Enumerable.Repeat((byte)2, 32)]); // seeds that nobody else knows
AccountAddress from = AccountAddress.FromPublicKey(alice.PublicKey.Span), to = AccountAddress.FromPublicKey(words.PublicKey.Span);
using var verifier = new P256Verifier();

var payments = new PaymentRules(ChainId: 7, FeeRecipient: to);
RollupAddresses at = await Mined(RollupDeployment.DeployAsync(keeper, new RollupPlan
{
    Sequencer = keeper.Account, Proposer = proposer.Account, Deputy = keeper.Account, Council = people, GenesisRoot = default,
    Payments = payments, Mode = new RollupMode(FinalityMode.Optimistic, SettlementKind.InProcess), Rollup = 7,
}, default));
var rules = new DerivationRules(7, at.Inbox, at.Bridge, FirstBlock: 0) { DataChallenge = at.DataChallenge, IsListed = true };
var (data, access) = (new Shelf(), new PaymentAccess(7));
Payments<KeccakTree> Transition() => new(payments, verifier);
ITransactionCodec<Payment> Codec(IStateView state) => new PaymentCodec(new StateAccountNames<KeccakTree>(state), PaymentLimits.Default);
using var journal = new FileTransactionJournal(Path.GetTempFileName());
var sequencer = new RollupSequencer<Payment, KeccakTree>(new(rules, keeper, data, Transition, Codec, access, words, journal), new RollupSequencerOptions());
await Mined(new RollupUser(watcher, at).DepositAsync(1_000, from, default));
await sequencer.StartAsync(default);

// The watchtower's own node, and the breaker that whoever pays out on trust asks first.
using var node = new PaymentNode<KeccakTree>(payments, verifier, watcher, at.StateChain, () => new(rules, watcher, data, () => new Deriver<Payment, KeccakTree>(rules, Transition(), Codec, access)));
var contracts = new WatchedContracts { Inbox = at.Inbox, Bridge = at.Bridge, Finality = at.StateChain, Hatch = at.EscapeHatch, Guardian = at.Guardian, Challenges = at.DataChallenge };
var breaker = new CircuitBreaker(seconds: 3_600, rest: 7_200);
await PostAsync(payment: null);
await PostAsync(new Payment { Sender = from, Recipient = to, Amount = 25 });
await LookAsync("a deposit and a payment", watcher);

// The proposer claims another state. Whoever runs a challenger contests it, and the liar, who cannot show a step that is true, loses its bond.
var liar = new ClaimProposer(proposer, at, new Lie(node));
while (await Mined(liar.StepAsync(default)) == ClaimMove.Claimed) { }
Alarm lie = await LookAsync("a lie about batch 1", watcher, AlarmKind.WrongClaim);
Check(lie.Subject == 1 && lie.Action == AlarmAction.ContestClaim, "that the claim is to be contested");
var (challenger, honest, user) = (new Challenger(watcher, at, node), new ClaimProposer(watcher, at, node), new RollupUser(watcher, at));
for (int days = 0; (await user.StandingAsync(default)).Final < 2; days++)
{
    Check(days < 60, "an end");
    while (await Mined(challenger.StepAsync(default)) != ClaimMove.None || await Mined(honest.StepAsync(default)) != ClaimMove.None) { }
    l1.Mine(l1.Head.TimestampSeconds + 86_400);
}
Check(await user.FinalRootAsync(1, default) == sequencer.Tip.Root, "the true state to be final");
await LookAsync("the lie lost, the truth final", watcher);

// Data that nobody gets: what comes after it nobody knows, so that it must be asked for on the settlement layer, or shown after all.
data.IsHidden = true;
await PostAsync(new Payment { Sender = from, Nonce = 1, Recipient = to, Amount = 5 });
DerivationStatus status = await node.SyncAsync(null, default);
Check(status is { WaitsFor: 2, WaitsWhy: WaitReason.MissingData }, "a node that waits for batch 2");
Console.WriteLine($"withheld data: the node waits for batch {status.WaitsFor}, {status.WaitsWhy}");
data.IsHidden = false;
await LookAsync("the data shown", watcher);
Check((await node.FindRootsAsync(2, default))?.StateRoot == sequencer.Tip.Root, "the batch to be derived");

// A settlement layer on which one unit is gone from the bridge.
Alarm mismatch = await LookAsync("a unit gone from the bridge", new Robbed(watcher, at.Bridge), AlarmKind.EscrowMismatch);
Check(mismatch is { Action: AlarmAction.AskForPause } && mismatch.Expected - mismatch.Got == 1 && breaker.IsOpen(l1.Head.TimestampSeconds), "an open breaker");
l1.Mine(l1.Head.TimestampSeconds + 3_600);
await LookAsync("the same an hour later", new Robbed(watcher, at.Bridge), AlarmKind.EscrowMismatch);
Check(!breaker.IsOpen(l1.Head.TimestampSeconds), "a breaker that rests, so that a fault of the watcher cannot stop the rollup for good");

async Task PostAsync(Payment? payment)
{
    await sequencer.FollowAsync(default);
    var results = new PoolResult[1];
    if (payment is { } signed) sequencer.Submit(new[] { PaymentMessage.Sign(signed, alice, 7) }, results);
    sequencer.Extend();
    sequencer.Close();
    Check(results[0] == PoolResult.Accepted && await Mined(new ValueTask<int>(sequencer.PostAsync(default))) == 1, "a batch");
}

async Task<Alarm> LookAsync(string what, ISettlementChain chain, params AlarmKind[] expected)
{
    await node.SyncAsync(null, default);
    IReadOnlyList<Alarm> alarms = await new Watchtower(chain, node, contracts, breaker).LookAsync(default);
    Console.WriteLine($"{what}: {(alarms.Count == 0 ? "no alarm" : string.Join(", ", alarms.Select(alarm => $"{alarm.Kind} of {alarm.Subject}, {alarm.Action}")))}; breaker {(breaker.IsOpen(l1.Head.TimestampSeconds) ? "open" : "closed")}");
    Check(alarms.Select(alarm => alarm.Kind).SequenceEqual(expected), $"{expected.Length} alarms");
    return alarms.Count == 0 ? default : alarms[0];
}

async Task<T> Mined<T>(ValueTask<T> work)
{
    Task<T> task = work.AsTask();
    for (; !task.IsCompleted; await Task.Yield()) l1.Mine(l1.Head.TimestampSeconds + 1);
    return await task;
}

static void Check(bool isHeld, string what) => _ = isHeld ? 0 : throw new InvalidOperationException($"Expected {what}.");
/// <summary>Keeps data, and may keep it to itself.</summary>
internal sealed class Shelf : IDataPublisher
{
    private readonly InMemoryDataPublisher _inner = new();

    public bool IsHidden { get; set; }
    public ValueTask PublishAsync(ReadOnlyMemory<byte> data, Memory<byte> commitment, CancellationToken cancellationToken) => _inner.PublishAsync(data, commitment, cancellationToken);

    public async ValueTask<bool> TryFetchAsync(ReadOnlyMemory<byte> commitment, IBufferWriter<byte> destination, CancellationToken cancellationToken) =>
        !IsHidden && await _inner.TryFetchAsync(commitment, destination, cancellationToken);
}

/// <summary>What a node knows, but of batch 1 a state that never was.</summary>
internal sealed class Lie(IClaimSource truth) : IClaimSource
{
    public async ValueTask<ClaimableBatch?> FindAsync(ulong batch, CancellationToken cancellationToken)
    {
        if (await truth.FindAsync(batch, cancellationToken) is not { } own || batch != 1) return await truth.FindAsync(batch, cancellationToken);
        var never = new Digest32([.. Enumerable.Repeat((byte)9, 32)]);
        Digest32[] leaves = [.. own.Leaves.ToArray()[..^1], new StepMachine(never, own.ExitRoot, 0, default, default, default).Edge()];
        return own with { Leaves = leaves, StateRoot = never };
    }

    public ValueTask<ReadOnlyMemory<byte>> WitnessAsync(ulong batch, ulong step, CancellationToken cancellationToken) => truth.WitnessAsync(batch, step, cancellationToken);
}

/// <summary>A settlement layer on which the bridge holds one unit less.</summary>
internal sealed class Robbed(ISettlementChain chain, L1Address bridge) : ISettlementChain
{
    public L1Address Account => chain.Account;
    public ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken) => chain.FindBlockAsync(number, finality, cancellationToken);
    public ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken) => chain.ReadLogsAsync(first, last, contracts, logs, cancellationToken);
    public ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken) => chain.SendAsync(call, cancellationToken);

    public async ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken)
    {
        ChainAnswer answer = await chain.CallAsync(call, cancellationToken);
        byte[] output = answer.Output.ToArray();
        if (call.To == bridge) output[^1]--;
        return answer with { Output = output };
    }
}
