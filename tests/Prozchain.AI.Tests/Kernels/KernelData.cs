using System.Numerics;
using Prozchain.AI.Kernels;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Kernels;

/// <summary>Seeded operands with the extremes of their range among them, and what tests of kernels do again and again.</summary>
internal static class KernelData
{
    public static DotKind[] Kinds { get; } = [.. Enum.GetValues<DotKind>().Where(DotKinds.IsSupported)];

    /// <summary>Values of the whole range of the type, every eighth an extreme.</summary>
    public static T[] Values<T>(SeededRandom random, int count)
        where T : IBinaryInteger<T>, IMinMaxValue<T>
    {
        var values = new T[count];
        for (int i = 0; i < count; i++)
            values[i] = random.Next(8) switch
            {
                0 => T.MinValue,
                1 => T.MaxValue,
                _ => T.CreateTruncating(random.NextUInt64()),
            };
        return values;
    }

    /// <summary>Weights within ±127, every eighth an extreme.</summary>
    public static sbyte[] Weights(SeededRandom random, int count)
    {
        sbyte[] weights = Values<sbyte>(random, count);
        for (int i = 0; i < count; i++) weights[i] = Math.Max(weights[i], (sbyte)-127);
        return weights;
    }

    /// <summary>Values within a bound.</summary>
    public static int[] Within(SeededRandom random, int count, int bound)
    {
        var values = new int[count];
        for (int i = 0; i < count; i++) values[i] = random.Next(-bound, bound + 1);
        return values;
    }

    /// <summary>Multipliers of 31 bits and shifts that bring sums of a depth into a byte, or wider ones that need 64 bits.</summary>
    public static (int[] Multipliers, byte[] Shifts) Scales(SeededRandom random, int channels, bool wide)
    {
        (var multipliers, var shifts) = (new int[channels], new byte[channels]);
        for (int i = 0; i < channels; i++)
            (multipliers[i], shifts[i]) = (random.Next(1 << 30, int.MaxValue), (byte)(wide ? random.Next(1, 40) : random.Next(31, 44)));
        return (multipliers, shifts);
    }

    /// <summary>Runs all units in random portions, in random order, as threads would.</summary>
    public static void InPortions(SeededRandom random, int units, Action<int, int> run)
    {
        var portions = new List<(int First, int Count)>();
        for (int first = 0, count; first < units; first += count)
        {
            count = Math.Min(units - first, random.Next(1, 4));
            portions.Add((first, count));
        }
        foreach ((int first, int count) in portions.OrderBy(_ => random.Next())) run(first, count);
    }
}
