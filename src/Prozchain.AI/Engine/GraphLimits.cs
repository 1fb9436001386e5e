namespace Prozchain.AI.Engine;

/// <summary>What every graph keeps to, whoever made it.</summary>
internal static class GraphLimits
{
    /// <summary>Bumped by whatever changes a bit of any output. Part of each receipt.</summary>
    public const int EngineVersion = 1;

    public const int MaxRank = 8;
    public const int MaxNodes = 1 << 20;
    public const int MaxValues = 1 << 21;
    public const int MaxBorders = 1024;
    public const int MaxInputs = 4096;
    public const int MaxAttributes = 64;
    public const int MaxContext = 1 << 16;

    /// <summary>Longest sum of products.</summary>
    public const int MaxInner = 1 << 16;

    /// <summary>(p - 1) / 2 of KoalaBear, p = 2^31 - 2^24 + 1: within ±this a sum is one number in int32 and one in the field.</summary>
    public const int MaxAccumulator = 1_065_353_216;

    public static Interval Accumulator => new(-MaxAccumulator, MaxAccumulator);

    /// <summary>What is wrong with a shape, or null.</summary>
    public static string? CheckShape(ReadOnlySpan<long> shape)
    {
        if (shape.Length > MaxRank) return $"Expected at most {MaxRank} axes, got {shape.Length}.";
        long elements = 1;
        foreach (long length in shape)
        {
            if (length is < 1 or > int.MaxValue) return $"Expected axes of 1 to 2^31 - 1, got {length}.";
            elements *= length;
            if (elements > int.MaxValue) return "Expected fewer than 2^31 elements.";
        }
        return null;
    }

    /// <inheritdoc cref="CheckShape"/>
    public static string? CheckOutput(int[] shape) => CheckShape([.. shape.Select(length => (long)length)]);

    /// <summary>The interval of a sum of products, which must hold for every order of adding and every partial sum.</summary>
    public static string? CheckSum(long inner, in Interval x, in Interval w, in Interval bias, out Interval sum)
    {
        sum = default;
        if (inner > MaxInner) return $"Expected sums of at most {MaxInner} products, got {inner}.";
        Int128 most = inner * x.Magnitude * w.Magnitude + bias.Magnitude;
        if (most > MaxAccumulator) return $"Expected sums within ±{MaxAccumulator}, got up to {most} from {inner} products.";
        sum = x * w * inner + bias;
        return null;
    }

    /// <summary>The shape two values broadcast to, aligned at their last axes as ONNX has it, or null.</summary>
    public static int[]? Broadcast(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        var shape = new int[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= shape.Length; i++)
        {
            int p = i <= a.Length ? a[^i] : 1, q = i <= b.Length ? b[^i] : 1;
            if (p != q && p != 1 && q != 1) return null;
            shape[^i] = Math.Max(p, q);
        }
        return shape;
    }

    public static int Product(ReadOnlySpan<int> shape)
    {
        int product = 1;
        foreach (int length in shape) product *= length;
        return product;
    }
}
