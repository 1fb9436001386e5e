using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Committees;

public class SwapOrNotShuffleTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(600)]
    public void Shuffle_WholeList_AgreesWithSingleIndexes(int count)
    {
        Digest seed = TestNetwork.Key(count);
        int[] list = [.. Enumerable.Range(0, count)];
        SwapOrNotShuffle.Shuffle<int>(list, seed.Span, 10);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(list[i], SwapOrNotShuffle.Shuffled(i, count, seed.Span, 10));
            Assert.Equal(i, SwapOrNotShuffle.Unshuffled(list[i], count, seed.Span, 10));
        }
        SwapOrNotShuffle.Unshuffle<int>(list, seed.Span, 10);
        Assert.Equal(Enumerable.Range(0, count), list);
    }

    // github ethereum/consensus-spec-tests, phase0/shuffling, mainnet preset: seed and mapping of count 33.
    [Fact]
    public void Shuffle_ConsensusSpecCase_GivesItsMapping()
    {
        int[] list = [.. Enumerable.Range(0, KnownMapping.Length)];
        SwapOrNotShuffle.Shuffle<int>(list, Convert.FromHexString(KnownSeed));
        Assert.Equal(KnownMapping, list);
    }

    [Fact]
    public void Shuffled_BadArguments_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SwapOrNotShuffle.Shuffled(0, 0, new byte[32]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SwapOrNotShuffle.Shuffled(5, 5, new byte[32]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SwapOrNotShuffle.Shuffled(0, 5, new byte[32], 256));
        Assert.Throws<ArgumentException>(() => SwapOrNotShuffle.Shuffled(0, 5, new byte[31]));
        SwapOrNotShuffle.Shuffle(Span<int>.Empty, new byte[32]);
    }

    private const string KnownSeed = "e13b032e112a32b579080f08b1f7ed4c2e5d3a07f97f21ee232d178a209af6b5";

    private static readonly int[] KnownMapping =
    [
        2, 29, 8, 10, 30, 23, 21, 25, 22, 26, 32, 4, 12, 17, 15, 0, 27, 5, 31, 13, 3, 16, 20, 24, 7, 1, 9, 14, 6, 11, 18, 28, 19,
    ];
}
