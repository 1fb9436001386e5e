namespace Prozchain.Testing.Tests;

public sealed class SeededRandomTests
{
    /// <summary>The first outputs of SplitMix64 with seed 1234567, as its reference implementation prints them.</summary>
    [Fact]
    public void NextUInt64_PublishedSeed_KnownAnswers()
    {
        var random = new SeededRandom(1234567);
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        Assert.Equal(expected, expected.Select(_ => random.NextUInt64()).ToArray());
    }

    [Fact]
    public void Ranges_EveryOverload_StayInside() => Replay.Run(random =>
    {
        int low = random.Next(int.MinValue, int.MaxValue);
        int high = random.Next(low, int.MaxValue);
        int value = random.Next(low, high);
        Assert.True(value == low || (value > low && value < high), $"{value} not in [{low}, {high})");
        Assert.InRange(random.Next(), 0, int.MaxValue - 1);
        Assert.InRange(random.NextInt64(), 0, long.MaxValue - 1);
        Assert.InRange(random.NextInt64(long.MinValue, long.MaxValue), long.MinValue, long.MaxValue - 1);
        Assert.InRange(random.NextDouble(), 0.0, Math.BitDecrement(1.0));
        Assert.InRange(random.NextSingle(), 0.0f, MathF.BitDecrement(1.0f));
        Assert.Equal(0, random.Next(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt64(1, 0));
    }, 1000);

    [Fact]
    public void Next_SmallBound_EveryValueAboutAsOften()
    {
        var random = new SeededRandom(3);
        var counts = new int[7];
        for (int i = 0; i < 70_000; i++) counts[random.Next(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void Fork_SameStream_DoesNotDependOnDraws()
    {
        SeededRandom a = new(9), b = new(9);
        b.NextUInt64();
        Assert.Equal(a.Fork(4).NextUInt64(), b.Fork(4).NextUInt64());
        Assert.NotEqual(a.Fork(4).NextUInt64(), a.Fork(5).NextUInt64());
    }

    [Fact]
    public void NextBytes_EveryLength_IsThePrefixOfTheWords()
    {
        byte[] all = new SeededRandom(11).Bytes(64);
        for (int length = 0; length <= 64; length++) Assert.Equal(all[..length], new SeededRandom(11).Bytes(length));
    }
}
