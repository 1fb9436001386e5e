using Prozchain.AI.Formats;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Codec;

/// <summary>Weights as models have them: normal numbers of standard deviation 0.02, by Box and Muller's method from a seed.</summary>
internal static class GaussianWeights
{
    public static byte[] Of(TensorType type, int bytes, ulong seed)
    {
        var random = new SeededRandom(seed);
        var weights = new byte[bytes + 8];
        int size = type.BitSize() / 8;
        for (int at = 0; at < bytes; at += size)
        {
            double radius = 0.02 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            Write(type, (float)(radius * Math.Cos(2 * Math.PI * random.NextDouble())), weights.AsSpan(at));
        }
        return weights[..bytes];
    }

    /// <summary>The same weights after some more training: each moved by a hundredth of what it is, or so.</summary>
    public static byte[] FineTuned(ReadOnlySpan<byte> bf16, ulong seed)
    {
        var random = new SeededRandom(seed);
        byte[] tuned = [.. bf16];
        for (int at = 0; at + 1 < tuned.Length; at += 2)
        {
            float weight = BitConverter.UInt32BitsToSingle((uint)(tuned[at] | tuned[at + 1] << 8) << 16);
            Write(TensorType.BF16, weight * (1 + 0.01f * (float)(random.NextDouble() - 0.5)), tuned.AsSpan(at));
        }
        return tuned;
    }

    private static void Write(TensorType type, float weight, Span<byte> to)
    {
        uint bits = BitConverter.SingleToUInt32Bits(weight);
        switch (type)
        {
            case TensorType.BF16: BitConverter.TryWriteBytes(to, (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)); break;
            case TensorType.F16: BitConverter.TryWriteBytes(to, (Half)weight); break;
            case TensorType.F32: BitConverter.TryWriteBytes(to, bits); break;
            default: to[0] = (byte)Math.Clamp(MathF.Round(weight * 2000), -127, 127); break;
        }
    }
}
