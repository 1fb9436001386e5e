using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Allocation;

public class ExecutionAllocationTests
{
    [Fact]
    public void Execute_WarmTransfers_AllocatesNothing()
    {
        TestShard shard = Funded(out MicroBlockBody[] bodies);
        using var executor = new MicroBlockExecutor<TransferTransition>(default);
        var body = new MicroBlockBody();
        var batch = new SignatureBatch();
        var everyone = new Everyone();
        AllocationAssert.None(() =>
        {
            foreach (MicroBlockBody each in bodies)
            {
                if (body.Read(each.Encoded) != Sharding.Wire.ReadResult.Ok) Assert.Fail("Expected a body that reads.");
                if (!batch.Verify(default(TransferTransition), TestShard.Block(), body, everyone).IsOk) Assert.Fail("Expected valid signatures.");
                if (!executor.Execute(TestShard.Block(), body, shard.State).IsOk || executor.Outcome.Counters.Applied != body.TransactionCount) Assert.Fail("Expected applied transfers.");
            }
        });
    }

    [Fact]
    public void Execute_WarmOnTwoThreads_AllocatesNothing()
    {
        TestShard shard = Funded(out MicroBlockBody[] bodies);
        using var executor = new MicroBlockExecutor<TransferTransition>(default, maxDegreeOfParallelism: 2);
        using var scripts = new MicroBlockExecutor<ScriptTransition>(default, maxDegreeOfParallelism: 2);
        var random = new Random(1);
        MicroBlockBody programs = TestShard.Body(Enumerable.Range(0, 600).Select(_ => ScriptTransition.Program(random, 100, declared: false)).ToList());
        AllocationAssert.NoneInProcess(() =>
        {
            foreach (MicroBlockBody body in bodies)
                if (!executor.Execute(TestShard.Block(), body, shard.State).IsOk) Assert.Fail("Expected an executed block.");
            if (!scripts.Execute(TestShard.Block(), programs, shard.State).IsOk) Assert.Fail("Expected an executed block.");
        });
    }

    private static TestShard Funded(out MicroBlockBody[] bodies)
    {
        int[] local = TestShard.Wallets(local: true, 100), all = [.. local, .. TestShard.Wallets(local: false, 20)];
        var shard = new TestShard();
        shard.Fund(local, 1000);
        bodies = [.. Enumerable.Range(0, 2).Select(block => TestShard.Body(Enumerable.Range(0, 200).Select(i =>
            TestShard.Pay(TestNetwork.Wallet(local[i / 2]), TestNetwork.AddressOf(all[(7 * i + block) % all.Length]), 1, (ulong)(i % 2))).ToList()))];
        return shard;
    }

    /// <summary>Every signature holds: what is measured is the collecting.</summary>
    private sealed class Everyone : ISignatureVerifier
    {
        public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => true;

        public void VerifyMany(ReadOnlyMemory<SignedMessage> batch, Memory<bool> valid, int maxDegreeOfParallelism = 1) => valid.Span[..batch.Length].Fill(true);
    }
}
