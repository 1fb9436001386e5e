using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Engine;

public class EngineAllocationTests
{
    private const int WarmUps = 40, Rounds = 8, Shards = 2, BlocksOfRound = 6;

    /// <summary>Decoded, queued, put into bodies, executed, credited across, sealed and logged: a round leaves its result and a header for each block.</summary>
    [Fact]
    public void RunRound_Warm_AllocatesItsResultAndHeadersAlone()
    {
        long few = LeastOfRound(12), many = LeastOfRound(96);
        // A header with its hash is some 400 bytes; the result some 1,000 a shard.
        Assert.InRange(many, 1, Shards * (1024 + BlocksOfRound * 512));
        Assert.InRange(many, 0, few);
    }

    private static long LeastOfRound(int transfers)
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(Shards) with { MaxDegreeOfParallelism = 1 });
        var nonces = new ulong[EngineWorld.Wallets];
        var results = new AdmissionResult[transfers];
        long least = long.MaxValue;
        for (int round = 0; round < WarmUps + Rounds; round++)
        {
            ReadOnlyMemory<byte>[] submitted = [.. Enumerable.Range(0, transfers).Select(i => (ReadOnlyMemory<byte>)EngineWorld.Pay(i % nonces.Length, (i + 1) % nonces.Length, 1, nonces[i % nonces.Length]++))];
            long before = GC.GetAllocatedBytesForCurrentThread();
            engine.SubmitMany(submitted, results);
            EngineRound done = engine.RunRound(engine.TimeMs + EngineWorld.RoundMs);
            long after = GC.GetAllocatedBytesForCurrentThread();
            if (round >= WarmUps) least = Math.Min(least, after - before);
            Assert.Equal(transfers, done.Shards.Sum(shard => shard.Applied));
            Assert.True(done.Shards.All(shard => shard.ReceiptsIn > 0));
        }
        return least;
    }
}
