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

    /// <summary>A range that activations of a kind may have: all of it half the time, without a sign where the kind has none.</summary>
    public static ActivationRange Range(SeededRandom random, DotKind kind)
    {
        int low = kind is DotKind.Bytes256 or DotKind.Bytes512 ? 0 : sbyte.MinValue;
        if (random.Next(2) == 0) return new ActivationRange(low, sbyte.MaxValue);
        int first = random.Next(low, 128), second = random.Next(low, 128);
        return new ActivationRange(Math.Min(first, second), Math.Max(first, second));
    }

    /// <summary>Values within a range of bytes, or of the whole type where they are none.</summary>
    public static T[] Values<T>(SeededRandom random, int count, ActivationRange range)
        where T : IBinaryInteger<T>, IMinMaxValue<T>
    {
        T[] values = Values<T>(random, count);
        if (typeof(T) == typeof(sbyte))
            for (int i = 0; i < count; i++) values[i] = T.Clamp(values[i], T.CreateChecked(range.Low), T.CreateChecked(range.High));
        return values;
    }

    /// <summary>Weights within ±127 of one of several distributions: extremes among even ones, like those of trained layers, all of one sign, all extremes.</summary>
    public static sbyte[] AnyWeights(SeededRandom random, int count)
    {
        sbyte[] weights = Weights(random, count);
        int form = random.Next(5), spread = random.Next(2, 40);
        for (int i = 0; i < count && form != 0; i++)
            weights[i] = form switch
            {
                1 => (sbyte)Math.Clamp(random.Next(-spread, spread + 1) + random.Next(-spread, spread + 1) + random.Next(-spread, spread + 1), -127, 127),
                2 => Math.Abs(weights[i]),
                3 => 127,
                _ => weights[i] < 0 ? (sbyte)-127 : (sbyte)127,
            };
        return weights;
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
