using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Prozchain.AI.Tests;

/// <summary>
/// A safetensors file of normally distributed bf16 weights in tensors of 64 MiB, of any size and without its memory: one mebibyte of
/// weights over and over, with other low bits of the mantissas each time, so that nothing repeats and all of it codes as weights do. The benchmarks
/// have it too.
/// </summary>
internal sealed class WeightModel
{
    private const int Block = 1 << 20, Tensor = 64 << 20;

    private readonly byte[] _header;
    private readonly ulong[] _weights;
    private readonly ulong[]? _changes;
    private readonly bool _repeats;

    /// <param name="size">Bytes of weights.</param>
    /// <param name="tuned">After some more training: the last bit of half of the weights is another one.</param>
    /// <param name="repeats">Every tensor the same, so that few stripes differ.</param>
    public WeightModel(long size, bool tuned = false, bool repeats = false)
    {
        (_repeats, _weights) = (repeats, MemoryMarshal.Cast<byte, ulong>(Gaussian(Block)).ToArray());
        if (tuned)
        {
            var random = new Random(8);
            _changes = [.. _weights.Select(_ => (ulong)random.NextInt64() & 0x0001_0001_0001_0001)];
        }
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
        var random = new Random(1);
        for (int i = 0; i < length; i += 2)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            float weight = (float)(0.02 * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
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
                FillBlock((_repeats ? at % Tensor : at) / Block, within, output[..count]);
            }
            output = output[count..];
            offset += count;
        }
    }

    // Whole words but at the edges of a request.
    private void FillBlock(long block, int within, Span<byte> output)
    {
        ulong mask = ((ulong)block * 0x9E3779B97F4A7C15 >> 8) & 0x003F_003F_003F_003F;
        int shift = (int)(block * 8191 % _weights.Length);
        Span<ulong> word = stackalloc ulong[1];
        while (!output.IsEmpty)
        {
            int skipped = within % 8, words = skipped == 0 ? output.Length / 8 : 0, done = words * 8;
            if (words > 0)
            {
                FillWords(mask, shift, within / 8, MemoryMarshal.Cast<byte, ulong>(output[..done]));
            }
            else
            {
                FillWords(mask, shift, within / 8, word);
                ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(word)[skipped..];
                done = Math.Min(bytes.Length, output.Length);
                bytes[..done].CopyTo(output);
            }
            within += done;
            output = output[done..];
        }
    }

    private void FillWords(ulong mask, int shift, int first, Span<ulong> to)
    {
        ReadOnlySpan<ulong> from = _weights.AsSpan(first, to.Length);
        for (int i = 0; i < to.Length; i++) to[i] = from[i] ^ mask;
        if (_changes is null) return;
        for (int i = 0; i < to.Length; i++) to[i] ^= _changes[(first + i + shift) % _changes.Length];
    }
}

/// <summary>Gives a <see cref="WeightModel"/> from its beginning, and cannot seek.</summary>
internal sealed class WeightStream(WeightModel model) : Stream
{
    private long _at;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _at; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, model.Length - _at);
        model.Fill(_at, buffer[..count]);
        _at += count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
