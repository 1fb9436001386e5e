using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Tests.Onnx;

/// <summary>Compares as the ONNX project's runner does: floats within a tolerance, everything else exactly.</summary>
internal static class OnnxCompare
{
    /// <summary>Null when equal, else what differs.</summary>
    public static string? Difference(OnnxTensor expected, OnnxTensor got, double relative = 1e-3, double absolute = 1e-7)
    {
        if (expected.Type != got.Type || !expected.Dims.AsSpan().SequenceEqual(got.Dims)) return $"expected {expected}, got {got}";
        if (!expected.Type.IsFloat()) return expected.Data.AsSpan().SequenceEqual(got.Data) ? null : $"expected [{string.Join(',', expected.Longs().Take(16))}], got [{string.Join(',', got.Longs().Take(16))}]";
        double[] a = expected.Doubles(), b = got.Doubles();
        for (int i = 0; i < a.Length; i++)
        {
            bool same = a[i] == b[i] || (double.IsNaN(a[i]) && double.IsNaN(b[i])) || Math.Abs(a[i] - b[i]) <= absolute + (relative * Math.Abs(a[i]));
            if (!same) return $"element {i}: expected {a[i]:R}, got {b[i]:R}";
        }
        return null;
    }
}
