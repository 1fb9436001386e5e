using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>A key with preprocessed columns serves proofs side by side, and those after one that was cancelled anywhere, whatever the memory.</summary>
public sealed class SharedKeyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SideBySide(bool hiding)
    {
        RingCase<Field31<BabyBear>> statement = new(4, StarkHash.Keccak256, hiding, 8, 7, 1);
        byte[] Bytes(int threads) => statement.Prove(new() { MemoryBudget = statement.LeastBudget, MaxDegreeOfParallelism = threads, Randomness = new SeededGenerator(3) }).Messages.ToArray();
        byte[] alone = Bytes(1);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => Assert.Equal(alone, Bytes(1 + i % 2)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AfterACancelledOne(int threads)
    {
        RingCase<Field31<KoalaBear>> statement = new(5, StarkHash.Keccak256, true, 8, 7, 1);
        StarkProverOptions options = new() { MemoryBudget = statement.LeastBudget, MaxDegreeOfParallelism = threads };
        byte[] before = statement.Prove(options with { Randomness = new SeededGenerator(3) }).Messages.ToArray();
        int cancelled = 0;
        for (int i = 0; i < 60; i++)
        {
            using CancellationTokenSource source = new(TimeSpan.FromMicroseconds(500 * i));
            try
            {
                statement.Prove(options, source.Token);
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }
        }
        Assert.True(cancelled > 0);
        Assert.Equal(before, statement.Prove(options with { Randomness = new SeededGenerator(3) }).Messages.ToArray());
    }
}
