using Prozchain.AI.Engine;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Engine;

public class IntegerRootTests
{
    [Fact]
    public void Floor_SmallSquaresAndRandom_IsTheFloor()
    {
        for (long v = 0; v < 5000; v++) Check(v);
        var random = new SeededRandom(1);
        for (int i = 0; i < 20_000; i++)
        {
            long root = random.NextInt64(1L << random.Next(1, 32));
            foreach (long v in new[] { root * root - 1, root * root, root * root + 1, random.NextInt64(1L << random.Next(1, 63)) })
                if (v is >= 0 and < 1L << 62) Check(v);
        }
        Check((1L << 62) - 1);
    }

    private static void Check(long v)
    {
        Int128 r = IntegerRoot.Floor(v);
        Assert.True(r * r <= v && v < (r + 1) * (r + 1), $"The root of {v} came out as {r}.");
    }
}
