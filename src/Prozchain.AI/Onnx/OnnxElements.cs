using System.Numerics;
using System.Runtime.InteropServices;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Elements of a tensor as doubles or as 64-bit integers, and back: integers wrap, floats are rounded once to the nearest, ties to even.</summary>
internal static class OnnxElements
{
    public static double[] ReadDoubles(OnnxTensor tensor)
    {
        var values = new double[tensor.Count];
        switch (tensor.Type)
        {
            case OnnxType.BFloat16:
                Span<ushort> halves = tensor.As<ushort>();
                for (int i = 0; i < values.Length; i++) values[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
                break;
            case OnnxType.Float16: Convert<Half, double>(tensor.As<Half>(), values); break;
            case OnnxType.Float: Convert<float, double>(tensor.As<float>(), values); break;
            case OnnxType.Double: tensor.As<double>().CopyTo(values); break;
            case OnnxType.UInt64: Convert<ulong, double>(tensor.As<ulong>(), values); break;
            default: Convert<long, double>(ReadLongs(tensor), values); break;
        }
        return values;
    }

    /// <summary>Unsigned 64-bit integers come as the signed ones of the same bits; floats are cut toward zero.</summary>
    public static long[] ReadLongs(OnnxTensor tensor)
    {
        var values = new long[tensor.Count];
        switch (tensor.Type)
        {
            case OnnxType.Int8 or OnnxType.Int4 or OnnxType.Int2: Convert<sbyte, long>(tensor.As<sbyte>(), values); break;
            case OnnxType.UInt8 or OnnxType.UInt4 or OnnxType.UInt2 or OnnxType.Bool: Convert<byte, long>(tensor.As<byte>(), values); break;
            case OnnxType.Int16: Convert<short, long>(tensor.As<short>(), values); break;
            case OnnxType.UInt16: Convert<ushort, long>(tensor.As<ushort>(), values); break;
            case OnnxType.Int32: Convert<int, long>(tensor.As<int>(), values); break;
            case OnnxType.UInt32: Convert<uint, long>(tensor.As<uint>(), values); break;
            case OnnxType.Int64 or OnnxType.UInt64: tensor.As<long>().CopyTo(values); break;
            default: Convert<double, long>(ReadDoubles(tensor), values); break;
        }
        return values;
    }

    public static void Write(OnnxTensor tensor, ReadOnlySpan<double> values)
    {
        switch (tensor.Type)
        {
            case OnnxType.BFloat16:
                Span<ushort> halves = tensor.As<ushort>();
                for (int i = 0; i < values.Length; i++) halves[i] = ToBFloat16((float)values[i]);
                break;
            case OnnxType.Float16: Convert(values, tensor.As<Half>()); break;
            case OnnxType.Float: Convert(values, tensor.As<float>()); break;
            case OnnxType.Double: values.CopyTo(tensor.As<double>()); break;
            case OnnxType.UInt64: Convert(values, tensor.As<ulong>()); break;
            case OnnxType.Bool:
                for (int i = 0; i < values.Length; i++) tensor.Data[i] = values[i] != 0 ? (byte)1 : (byte)0;
                break;
            default:
                var longs = new long[values.Length];
                Convert(values, longs.AsSpan());
                Write(tensor, longs);
                break;
        }
    }

    public static void Write(OnnxTensor tensor, ReadOnlySpan<long> values)
    {
        switch (tensor.Type)
        {
            case OnnxType.Int8 or OnnxType.UInt8: Convert(values, tensor.As<byte>()); break;
            case OnnxType.Int4: Narrow(values, tensor.As<sbyte>(), 60, signed: true); break;
            case OnnxType.Int2: Narrow(values, tensor.As<sbyte>(), 62, signed: true); break;
            case OnnxType.UInt4: Narrow(values, tensor.As<sbyte>(), 60, signed: false); break;
            case OnnxType.UInt2: Narrow(values, tensor.As<sbyte>(), 62, signed: false); break;
            case OnnxType.Bool:
                for (int i = 0; i < values.Length; i++) tensor.Data[i] = values[i] != 0 ? (byte)1 : (byte)0;
                break;
            case OnnxType.Int16 or OnnxType.UInt16: Convert(values, tensor.As<ushort>()); break;
            case OnnxType.Int32 or OnnxType.UInt32: Convert(values, tensor.As<uint>()); break;
            case OnnxType.Int64 or OnnxType.UInt64: values.CopyTo(tensor.As<long>()); break;
            default:
                var doubles = new double[values.Length];
                Convert(values, doubles.AsSpan());
                Write(tensor, doubles);
                break;
        }
    }

    /// <summary>Elements of 2 or 4 bits, packed from the lowest bits of each byte, into one a byte.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, OnnxTensor tensor)
    {
        int bits = tensor.Type.BitSize(), perByte = 8 / bits;
        bool signed = tensor.Type is OnnxType.Int4 or OnnxType.Int2;
        for (int i = 0; i < tensor.Data.Length; i++)
        {
            int value = (packed[i / perByte] >> (i % perByte * bits)) & ((1 << bits) - 1);
            tensor.Data[i] = (byte)(signed ? value << (32 - bits) >> (32 - bits) : value);
        }
    }

    /// <summary>The upper half of the bits, rounded to the nearest, ties to even; a NaN stays one.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return (ushort)((bits >> 16) | 0x40);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static void Narrow(ReadOnlySpan<long> values, Span<sbyte> narrow, int shift, bool signed)
    {
        for (int i = 0; i < values.Length; i++) narrow[i] = (sbyte)(signed ? values[i] << shift >> shift : (long)((ulong)values[i] << shift >> shift));
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to) where TFrom : unmanaged, INumberBase<TFrom> where TTo : unmanaged, INumberBase<TTo>
    {
        for (int i = 0; i < from.Length; i++) to[i] = TTo.CreateTruncating(from[i]);
    }
}
