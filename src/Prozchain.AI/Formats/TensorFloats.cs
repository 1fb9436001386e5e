using System.Buffers;
using System.Buffers.Binary;

namespace Prozchain.AI.Formats;

/// <summary>
/// Turns stored elements into single precision floats. Exact for every type offered, but for Q4_1, whose value
/// <c>scale · q + minimum</c> is rounded once, to nearest, ties to even.
/// </summary>
public static class TensorFloats
{
    private const int Buffer = 64 * 1024;

    /// <summary>Whether a type is offered: F32, F16, BF16, I8, U8, I16, U16, Q8_0, Q4_0 and Q4_1.</summary>
    public static bool IsOffered(TensorType type) => type is TensorType.F32 or TensorType.F16 or TensorType.BF16 or TensorType.I8 or TensorType.U8
        or TensorType.I16 or TensorType.U16 or TensorType.Q8_0 or TensorType.Q4_0 or TensorType.Q4_1;

    /// <summary>Converts whole elements, or whole blocks of a block type.</summary>
    /// <param name="type">An offered type.</param>
    /// <param name="source">Their bytes, little-endian.</param>
    /// <param name="destination">Receives exactly as many floats. Must not overlap the source.</param>
    /// <exception cref="NotSupportedException">The type is not offered; the message names it.</exception>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    public static void Convert(TensorType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        if (!IsOffered(type)) throw new NotSupportedException($"Expected a type that is offered as floats, got {type}.");
        long blocks = source.Length / type.BlockBytes();
        if (blocks * type.BlockBytes() != source.Length || blocks * type.BlockElements() != destination.Length)
            throw new ArgumentException($"Expected whole blocks of {type} and as many floats, got {source.Length} bytes for {destination.Length}.", nameof(destination));
        switch (type)
        {
            case TensorType.F32: TensorFloatLanes.Copy(source, destination); break;
            case TensorType.F16: TensorFloatLanes.FromHalf(source, destination); break;
            case TensorType.BF16: TensorFloatLanes.FromBrain(source, destination); break;
            case TensorType.I8: for (int i = 0; i < destination.Length; i++) destination[i] = (sbyte)source[i]; break;
            case TensorType.U8: for (int i = 0; i < destination.Length; i++) destination[i] = source[i]; break;
            case TensorType.I16: for (int i = 0; i < destination.Length; i++) destination[i] = BinaryPrimitives.ReadInt16LittleEndian(source[(2 * i)..]); break;
            case TensorType.U16: for (int i = 0; i < destination.Length; i++) destination[i] = BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * i)..]); break;
            default:
                for (; !source.IsEmpty; source = source[type.BlockBytes()..], destination = destination[32..]) TensorFloatLanes.FromBlock(type, source, destination);
                break;
        }
    }

    /// <summary>Reads elements of one tensor as floats; the range may begin and end within blocks.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="tensor">One of the reader's tensors, of an offered type.</param>
    /// <param name="first">First element, 0 to the tensor's count of elements.</param>
    /// <param name="destination">Receives the floats.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <returns>Floats read: the length of the destination, or fewer at the end of the tensor.</returns>
    /// <exception cref="NotSupportedException">The type is not offered; the message names it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The first element is outside the tensor.</exception>
    /// <exception cref="IOException">The file cannot be read, or has become shorter.</exception>
    public static async ValueTask<int> ReadFloatsAsync(
        this IModelReader reader, TensorInfo tensor, long first, Memory<float> destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(tensor);
        TensorType type = tensor.Type;
        if (!IsOffered(type)) throw new NotSupportedException($"Expected a tensor of a type that is offered as floats, got {tensor}.");
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, tensor.Elements);
        int count = (int)Math.Min(destination.Length, tensor.Elements - first), elements = type.BlockElements(), size = type.BlockBytes();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        try
        {
            for (int done = 0; done < count;)
            {
                int skip = (int)((first + done) % elements);
                int blocks = (int)Math.Min(Buffer / size, ((long)skip + count - done + elements - 1) / elements);
                Memory<byte> bytes = buffer.AsMemory(0, blocks * size);
                int read = await reader.ReadTensorAsync(tensor, (first + done) / elements * size, bytes, cancellationToken).ConfigureAwait(false);
                if (read < bytes.Length) throw new IOException($"Expected {bytes.Length} bytes of {tensor}, got {read}.");
                done += Unpack(type, bytes.Span, skip, destination.Span[done..count]);
            }
            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The first block may begin before what is wanted, the last may end behind it.
    private static int Unpack(TensorType type, ReadOnlySpan<byte> source, int skip, Span<float> destination)
    {
        int elements = type.BlockElements(), size = type.BlockBytes(), done = 0;
        Span<float> block = stackalloc float[32];
        while (!source.IsEmpty && done < destination.Length)
        {
            int whole = skip > 0 ? 0 : Math.Min(source.Length / size, (destination.Length - done) / elements);
            if (whole > 0)
            {
                Convert(type, source[..(whole * size)], destination.Slice(done, whole * elements));
                source = source[(whole * size)..];
                done += whole * elements;
                continue;
            }
            Convert(type, source[..size], block[..elements]);
            int taken = Math.Min(elements - skip, destination.Length - done);
            block.Slice(skip, taken).CopyTo(destination[done..]);
            source = source[size..];
            done += taken;
            skip = 0;
        }
        return done;
    }
}
