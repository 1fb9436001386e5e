using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Disputes;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>All contracts of a rollup on a settlement layer, over the computation of tests.</summary>
public abstract class RollupSuite : SettlementSuite
{
    protected const int Sequencer = 0, Proposer = 1, Honest = 2, Stranger = 3;
    protected const ulong Day = 86_400, Period = 7 * Day, VaultDelay = 2 * Day;

    protected const uint SegmentSteps = 4;

    protected static readonly UInt128 Bond = 1_000_000;

    internal RollupAddresses At { get; private set; } = null!;

    protected virtual FinalityMode Mode => FinalityMode.Optimistic;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected static TournamentParameters Disputes { get; } = new() { ChallengePeriod = Period, GracePeriod = Day, Bond = Bond, AnswerCost = 100_000, MoveRefund = 1_000 };

    protected override async Task PrepareAsync()
    {
        L1Address step = await World.DeployAsync("TestStep");
        bool isProven = Mode != FinalityMode.Optimistic;
        var plan = new RollupPlan
        {
            Sequencer = World.AddressOf(Sequencer),
            Proposer = World.AddressOf(Proposer),
            Deputy = World.AddressOf(Sequencer),
            Council = [.. Enumerable.Range(0, 8).Select(World.AddressOf)],
            GenesisRoot = TestComputation.Genesis,
            StepVerifier = step,
            // On an EVM the product refuses proofs, which has a test of its own; the contracts do not mind.
            Mode = new RollupMode(Mode, isProven || World is InProcessWorld ? SettlementKind.InProcess : SettlementKind.Evm, isProven ? new ReexecutionProofs() : null),
            Finality = new FinalityParameters { Mode = Mode, OptimisticPeriod = Period, SegmentSteps = SegmentSteps },
            Tournament = Disputes,
            Height = TestComputation.Height,
            VaultDelay = VaultDelay,
            ProofSystems = isProven ? [(await World.DeployAsync("TestProof", false), true), (await World.DeployAsync("TestProof", true), true), (await World.DeployAsync("TestProof", true), false)] : [],
        };
        At = isProven && World is not InProcessWorld
            ? await RollupDeployment.DeployAsync(Live(Sequencer), plan, static (name, arguments) => ContractCode.Load(name).Create(arguments), Cancellation)
            : await RollupDeployment.DeployAsync(Live(Sequencer), plan, Cancellation);
    }

    /// <summary>The layer as an account sees it, where what is sent gets into a block by itself.</summary>
    protected ISettlementChain Live(int account) => World is InProcessWorld ? new MiningChain(World, account) : World.As(account);

    /// <summary>Some root.</summary>
    protected static Digest32 Noise(int seed) => Tests.World.Root(seed);

    internal TestComputation Truth => new(World, At.Inbox);

    internal TestComputation Lie(ulong batch, int step, string tale = "a tale") => new(World, At.Inbox, (batch, step, tale));

    internal ClaimProposer NewProposer(int account, TestComputation source) => new(Live(account), At, source);

    internal Challenger NewChallenger(int account, TestComputation source) => new(Live(account), At, source);

    protected async Task AppendAsync(int count)
    {
        ulong next = (await World.ReadAsync(At.Inbox, InboxContract.BatchCount))[0].ToUInt64();
        for (int i = 0; i < count; i++) await World.DoAsync(Sequencer, At.Inbox, InboxContract.AppendCalldata, 0, next + (ulong)i, AbiValue.Of(new byte[] { 1, 2, 3 }), 0UL, await World.NoItemsAsync());
    }

    internal async Task<AbiValue> ReadAsync(AbiFunction function, params AbiValue[] arguments) => await World.ReadAsync(At.StateChain, function, arguments);

    protected async Task<ulong> StatusAsync(ulong batch) => (await ReadAsync(C.Status, batch))[0].ToUInt64();

    /// <summary>Everybody's steps, each by a driver that has just started, until nobody has anything to do.</summary>
    internal static async Task<List<ClaimMove>> RunAsync(params Func<ValueTask<ClaimMove>>[] parties)
    {
        var moves = new List<ClaimMove>();
        for (int idle = 0, turn = 0; idle < parties.Length; turn++)
        {
            ClaimMove move = await parties[turn % parties.Length]();
            idle = move == ClaimMove.None ? idle + 1 : 0;
            if (move != ClaimMove.None) moves.Add(move);
            Assert.True(moves.Count < 500, "Expected an end.");
        }
        return moves;
    }

    /// <summary>The claim about a batch as the first event told of it.</summary>
    internal async Task<AbiValue> ClaimAsync(ulong batch)
    {
        AbiValue e = (await World.EventsAsync(At.StateChain, C.Claimed)).Last(claimed => claimed[0].ToUInt64() == batch);
        return C.ClaimOf(e[2].ToDigest(), e[3].ToDigest(), e[4].ToDigest(), C.LeafOf(e[5].ToDigest(), e[6].ToDigest()), e[1].ToAddress(), e[7].ToUInt64());
    }

    /// <summary>The arguments of a claim about a batch.</summary>
    internal async Task<AbiValue[]> MakeAsync(TestComputation source, ulong batch)
    {
        ClaimableBatch own = (await source.FindAsync(batch, Cancellation))!.Value;
        var tree = new ClaimTree(TestComputation.Height, own.Leaves.Span);
        int below = TestComputation.Height - 1;
        return [batch, own.Head, tree.Node(below, 0), tree.Node(below, 1), own.StateRoot, own.ExitRoot, DisputeMoves.Opening(tree, TestComputation.Steps - 1)];
    }
}
