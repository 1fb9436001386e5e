using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prozchain.AI.Formats;

/// <summary>
/// The conversions of <see cref="TensorFloats"/>, as wide as the machine's vectors; lengths belong together. All are exact in any
/// width, but for Q4_1's one addition, which every machine rounds alike, so there is no separate definition to agree with.
/// </summary>
internal static class TensorFloatLanes
{
    public static void Copy(ReadOnlySpan<byte> source, Span<float> destination)
    {
        if (BitConverter.IsLittleEndian) source.CopyTo(MemoryMarshal.AsBytes(destination));
        else for (int i = 0; i < destination.Length; i++) destination[i] = BinaryPrimitives.ReadSingleLittleEndian(source[(4 * i)..]);
    }

    public static void FromBrain(ReadOnlySpan<byte> source, Span<float> destination)
    {
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(destination);
        int done = 0;
        if (BitConverter.IsLittleEndian)
        {
            ReadOnlySpan<ushort> values = MemoryMarshal.Cast<byte, ushort>(source);
            for (; done <= bits.Length - Vector<ushort>.Count; done += Vector<ushort>.Count)
            {
                Vector.Widen(new Vector<ushort>(values[done..]), out Vector<uint> low, out Vector<uint> high);
                (low << 16).CopyTo(bits[done..]);
                (high << 16).CopyTo(bits[(done + Vector<uint>.Count)..]);
            }
        }
        for (; done < bits.Length; done++) bits[done] = (uint)BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * done)..]) << 16;
    }

    public static void FromHalf(ReadOnlySpan<byte> source, Span<float> destination)
    {
        int done = 0;
        if (BitConverter.IsLittleEndian)
        {
            ReadOnlySpan<ushort> values = MemoryMarshal.Cast<byte, ushort>(source);
            for (; done <= destination.Length - Vector<ushort>.Count; done += Vector<ushort>.Count)
            {
                Vector.Widen(new Vector<ushort>(values[done..]), out Vector<uint> low, out Vector<uint> high);
                Half(low).CopyTo(destination[done..]);
                Half(high).CopyTo(destination[(done + Vector<float>.Count)..]);
            }
        }
        for (; done < destination.Length; done++) destination[done] = Half(source[(2 * done)..]);
    }

    /// <summary>One block of Q8_0, Q4_0 or Q4_1: 32 floats. Products of a half and an integer of 8 bits have 19 significant bits, so they are exact.</summary>
    public static void FromBlock(TensorType type, ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = Half(block);
        if (type == TensorType.Q8_0)
        {
            Scale(Vector128.Create(block.Slice(2, 16)).AsSByte(), scale, -0f, values);
            Scale(Vector128.Create(block.Slice(18, 16)).AsSByte(), scale, -0f, values[16..]);
            return;
        }
        // The low halves of the bytes are the first 16 values. Minus zero is what changes nothing when it is added.
        (float minimum, Vector128<sbyte> zero, int start) = type == TensorType.Q4_1 ? (Half(block[2..]), default, 4) : (-0f, Vector128.Create((sbyte)8), 2);
        Vector128<byte> nibbles = Vector128.Create(block.Slice(start, 16));
        Scale((nibbles & Vector128.Create((byte)15)).AsSByte() - zero, scale, minimum, values);
        Scale((nibbles >> 4).AsSByte() - zero, scale, minimum, values[16..]);
    }

    private static void Scale(Vector128<sbyte> integers, float scale, float minimum, Span<float> values)
    {
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(integers);
        Scale(low, scale, minimum, values);
        Scale(high, scale, minimum, values[8..]);
    }

    private static void Scale(Vector128<short> integers, float scale, float minimum, Span<float> values)
    {
        (Vector128<int> low, Vector128<int> high) = Vector128.Widen(integers);
        (Vector128.ConvertToSingle(low) * scale + Vector128.Create(minimum)).CopyTo(values);
        (Vector128.ConvertToSingle(high) * scale + Vector128.Create(minimum)).CopyTo(values[4..]);
    }

    // The exponent's bias is set right by a multiplication, which makes the small values normal as well; infinities and NaN get all
    // bits of the exponent instead.
    private static Vector<float> Half(Vector<uint> bits)
    {
        Vector<uint> magnitude = (bits & new Vector<uint>(0x7FFF)) << 13, sign = (bits & new Vector<uint>(0x8000)) << 16;
        Vector<uint> finite = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) * new Vector<float>(BitConverter.UInt32BitsToSingle(0x7780_0000)));
        Vector<uint> special = Vector.GreaterThanOrEqual(magnitude, new Vector<uint>(0x7C00 << 13));
        return Vector.AsVectorSingle(Vector.ConditionalSelect(special, magnitude | new Vector<uint>(0x7F80_0000), finite) | sign);
    }

    private static float Half(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);
}
