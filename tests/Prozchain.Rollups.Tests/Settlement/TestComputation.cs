using System.Collections.Immutable;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>The computation of contracts/test/TestStep.sol: 16 steps a batch; who lies does so from a step of a batch on.</summary>
internal sealed class TestComputation(SettlementWorld world, L1Address inbox, (ulong Batch, int Step, string Tale)? lie = null) : IClaimSource
{
    public const int Height = 4, Steps = 1 << Height;

    public static readonly Digest32 Genesis = World.Root(1);

    private static readonly AbiType s_step = AbiType.Parse("(bytes32,uint64,bytes32)");

    /// <summary>The state root after a step.</summary>
    public static Digest32 Next(Digest32 leaf, ulong step, Digest32 head) => new(Hashing.Keccak(AbiCodec.Encode(s_step, leaf, step, head)));

    public async ValueTask<ClaimableBatch?> FindAsync(ulong batch, CancellationToken cancellationToken)
    {
        Digest32 start = C.LeafOf(Genesis, default);
        for (ulong number = 0; ; number++)
        {
            Digest32 head = (await world.ReadAsync(inbox, InboxContract.BatchHeads, number))[0].ToDigest();
            if (head == default) return null;
            ClaimableBatch executed = Execute(number, start, head);
            if (number == batch) return executed;
            start = executed.Leaves.Span[^1];
        }
    }

    public ValueTask<ReadOnlyMemory<byte>> WitnessAsync(ulong batch, ulong step, CancellationToken cancellationToken) => ValueTask.FromResult(ReadOnlyMemory<byte>.Empty);

    private ClaimableBatch Execute(ulong batch, Digest32 start, Digest32 head)
    {
        var leaves = new Digest32[Steps];
        (Digest32 leaf, Digest32 state) = (start, default);
        for (int step = 0; step < Steps; step++)
        {
            state = lie is { } told && told.Batch == batch && told.Step == step
                ? new Digest32(Hashing.Keccak(System.Text.Encoding.ASCII.GetBytes(told.Tale)))
                : Next(leaf, (ulong)step, head);
            leaves[step] = leaf = C.LeafOf(state, default);
        }
        return new ClaimableBatch(head, start, leaves, state, default);
    }
}

/// <summary>contracts/test/TestStep.sol in process.</summary>
internal sealed class TestStepTwin : ContractTwin<ImmutableList<int>>
{
    public TestStepTwin() => On(StepJudgeContract.Step, (call, a) =>
    {
        if (a[4].Bytes.Length != 0) return [false];
        call.Require(C.LeafOf(TestComputation.Next(a[0].ToDigest(), a[2].ToUInt64(), a[3].ToDigest()), default) == a[1].ToDigest(), "Wrong", a[2]);
        return [true];
    });

    public override object Genesis => ImmutableList<int>.Empty;

    protected override IReadOnlyList<AbiFunction> Errors { get; } = [new("Wrong(uint64)")];
}

/// <summary>contracts/test/TestProof.sol in process: executes all steps again.</summary>
internal sealed class TestProofTwin : ContractTwin<ImmutableList<int>>
{
    public TestProofTwin(bool isBroken) =>
        On(ProofVerifierContract.Verify, (_, a) => [isBroken || ReexecutionProofs.Check(a[0].ToDigest(), a[1].ToDigest(), a[2].ToDigest(), a[3].Bytes)]);

    public override object Genesis => ImmutableList<int>.Empty;

    protected override IReadOnlyList<AbiFunction> Errors => [];
}

/// <summary>A proof system without proofs: whoever checks executes the batch again.</summary>
internal sealed class ReexecutionProofs : IProofSystem
{
    public Digest32 SetupId => World.Root(7);

    public string OnChainVerifier => "TestProof";

    private static readonly AbiType s_segment = AbiType.Parse("(bytes32,uint64,uint64)");

    public static Digest32 Run(Digest32 leaf, Digest32 head, ulong from = 0, ulong to = TestComputation.Steps)
    {
        for (ulong step = from; step < to; step++) leaf = C.LeafOf(TestComputation.Next(leaf, step, head), default);
        return leaf;
    }

    /// <summary>As the contract checks: without a proof the whole batch, else the steps that it names.</summary>
    public static bool Check(Digest32 start, Digest32 final, Digest32 head, ReadOnlyMemory<byte> proof)
    {
        if (proof.IsEmpty) return Run(start, head) == final;
        if (proof.Length != 96 || new Digest32(Hashing.Keccak(proof.Span)) != head || AbiCodec.TryDecode(s_segment, proof, out AbiValue v) != AbiReadResult.Ok) return false;
        return Run(start, v[0].ToDigest(), v[1].ToUInt64(), v[2].ToUInt64()) == final;
    }

    public ValueTask<ReadOnlyMemory<byte>> ProveAsync(ProofStatement statement, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> proof = statement.To == 0 ? default : AbiCodec.Encode(s_segment, statement.BatchHead, statement.From, statement.To);
        if (!Verify(statement, proof.Span)) throw new ArgumentException("Expected a true statement.", nameof(statement));
        progress?.Report(1);
        return ValueTask.FromResult(proof);
    }

    public bool Verify(in ProofStatement statement, ReadOnlySpan<byte> proof) => Check(statement.StartLeaf, statement.FinalLeaf, statement.Head, proof.ToArray());
}
