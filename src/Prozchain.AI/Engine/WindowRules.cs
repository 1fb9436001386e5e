using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>Attributes of a window over the rows and columns of x[C, H, W]: strides, then pads top, left, bottom, right, then dilations.</summary>
internal static class WindowRules
{
    /// <summary>Attributes behind the size of the kernel.</summary>
    public const int Length = 8;

    // Far beyond what any model has, and small enough that no product of two overflows.
    private const int Most = 1 << 20;

    /// <summary>Reads attributes that <see cref="Check"/> accepts.</summary>
    public static WindowShape Read(IntegerValue x, int kernelHeight, int kernelWidth, ReadOnlySpan<long> a) => new()
    {
        Height = x.Shape[1],
        Width = x.Shape[2],
        KernelHeight = kernelHeight,
        KernelWidth = kernelWidth,
        StrideHeight = (int)a[0],
        StrideWidth = (int)a[1],
        PadTop = (int)a[2],
        PadLeft = (int)a[3],
        PadBottom = (int)a[4],
        PadRight = (int)a[5],
        DilationHeight = (int)a[6],
        DilationWidth = (int)a[7],
    };

    /// <summary>What is wrong with a window over x, or null.</summary>
    public static string? Check(IntegerValue x, long kernelHeight, long kernelWidth, ReadOnlySpan<long> a)
    {
        if (x.Rank != 3) return $"Expected x[C, H, W], got {x.Rank} axes.";
        if (kernelHeight is < 1 or > Most || kernelWidth is < 1 or > Most || kernelHeight * kernelWidth > GraphLimits.MaxInner)
            return $"Expected a kernel of 1 to {GraphLimits.MaxInner} taps, got {kernelHeight} x {kernelWidth}.";
        if (a[0] is < 1 or > Most || a[1] is < 1 or > Most) return $"Expected strides of at least 1, got {a[0]}, {a[1]}.";
        if (a[6] is < 1 or > Most || a[7] is < 1 or > Most) return $"Expected dilations of at least 1, got {a[6]}, {a[7]}.";
        for (int i = 2; i < 6; i++)
            if (a[i] is < 0 or > Most) return $"Expected pads of at least 0, got {a[i]}.";
        long height = x.Shape[1] + a[2] + a[4] - (kernelHeight - 1) * a[6] - 1, width = x.Shape[2] + a[3] + a[5] - (kernelWidth - 1) * a[7] - 1;
        if (height < 0 || width < 0) return $"Expected a kernel that fits into {x.Shape[1]} x {x.Shape[2]} with pads, got {kernelHeight} x {kernelWidth}.";
        return null;
    }

    public static bool HasPadding(this in WindowShape window) => (window.PadTop | window.PadLeft | window.PadBottom | window.PadRight) != 0;
}
