using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Prozchain.Benchmarks.Quick;

namespace Prozchain.Benchmarks.AI;

/// <summary>
/// A safetensors file of normally distributed bf16 weights in tensors of 64 MiB, of any size and without its memory: one mebibyte
/// of weights over and over, with other mantissas each time, so that nothing repeats and all of it codes as weights do. Or every
/// tensor the same, so that few stripes differ.
/// </summary>
internal sealed class SyntheticModel
{
    public const int Tensor = 64 << 20;
    private const int Block = 1 << 20;

    private readonly byte[] _header;
    private readonly ulong[] _weights;
    private readonly bool _repeats;

    public SyntheticModel(long size, bool repeats)
    {
        (_repeats, _weights) = (repeats, MemoryMarshal.Cast<byte, ulong>(Gaussian(Block)).ToArray());
        IEnumerable<string> members = Enumerable.Range(0, (int)((size + Tensor - 1) / Tensor)).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"\"layer.{i}\":{{\"dtype\":\"BF16\",\"shape\":[{Math.Min(Tensor, size - (long)i * Tensor) / 2}],\"data_offsets\":[{(long)i * Tensor},{Math.Min(size, (i + 1L) * Tensor)}]}}"));
        string text = "{" + string.Join(',', members) + "}";
        _header = Encoding.UTF8.GetBytes("01234567" + text.PadRight((text.Length + 7) / 8 * 8));
        BinaryPrimitives.WriteInt64LittleEndian(_header, _header.Length - 8);
        Length = _header.Length + size;
    }

    public long Length { get; }

    /// <summary>Bytes of normal numbers of standard deviation 0.02, by the method of Box and Muller.</summary>
    public static byte[] Gaussian(int length)
    {
        var weights = new byte[length];
        byte[] random = Seeded.Bytes(length * 4, 1);
        for (int i = 0; i < length; i += 2)
        {
            double u = (BinaryPrimitives.ReadUInt32LittleEndian(random.AsSpan(4 * i)) + 1.0) / 4294967296.0;
            double v = BinaryPrimitives.ReadUInt32LittleEndian(random.AsSpan(4 * i + 4)) / 4294967296.0;
            float weight = (float)(0.02 * Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v));
            BinaryPrimitives.WriteUInt16LittleEndian(weights.AsSpan(i), (ushort)(BitConverter.SingleToUInt32Bits(weight) >> 16));
        }
        return weights;
    }

    /// <summary>Writes the bytes of the file from an offset on.</summary>
    public void Fill(long offset, Span<byte> output)
    {
        while (!output.IsEmpty)
        {
            int count;
            if (offset < _header.Length)
            {
                count = (int)Math.Min(output.Length, _header.Length - offset);
                _header.AsSpan((int)offset, count).CopyTo(output);
            }
            else
            {
                long at = offset - _header.Length;
                int within = (int)(at % Block);
                count = Math.Min(output.Length, Block - within);
                long block = (_repeats ? at % Tensor : at) / Block;
                FillBlock((ulong)block, within, output[..count]);
            }
            output = output[count..];
            offset += count;
        }
    }

    // Whole words but at the edges of a request.
    private void FillBlock(ulong block, int within, Span<byte> output)
    {
        ulong mask = (block * 0x9E3779B97F4A7C15 >> 8) & 0x007F_007F_007F_007F;
        Span<ulong> word = stackalloc ulong[1];
        while (!output.IsEmpty)
        {
            int skipped = within % 8, words = skipped == 0 ? output.Length / 8 : 0;
            if (words > 0)
            {
                Span<ulong> to = MemoryMarshal.Cast<byte, ulong>(output[..(words * 8)]);
                ReadOnlySpan<ulong> from = _weights.AsSpan(within / 8, words);
                for (int i = 0; i < to.Length; i++) to[i] = from[i] ^ mask;
            }
            else
            {
                word[0] = _weights[within / 8] ^ mask;
                ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(word)[skipped..];
                bytes[..Math.Min(bytes.Length, output.Length)].CopyTo(output);
            }
            int done = words > 0 ? words * 8 : Math.Min(8 - skipped, output.Length);
            within += done;
            output = output[done..];
        }
    }
}
