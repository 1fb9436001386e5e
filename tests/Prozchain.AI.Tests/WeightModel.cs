using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Prozchain.AI.Formats;
using Prozchain.AI.Tests.Codec;

namespace Prozchain.AI.Tests;

/// <summary>
/// A safetensors file of bf16 tensors, 100 MB each, of any size and without its memory: one megabyte of Gaussian weights over and
/// over, with other mantissas in every megabyte, so that nothing repeats and all of it codes as weights do.
/// </summary>
internal sealed class WeightModel
{
    private const int Block = 1 << 20, Tensor = 100_000_000;

    private readonly byte[] _header;
    private readonly ulong[]? _changes;
    private readonly ulong[] _weights = MemoryMarshal.Cast<byte, ulong>(GaussianWeights.Of(TensorType.BF16, Block, 1)).ToArray();

    /// <param name="tuned">After some more training: the last bit of half of the weights is another one.</param>
    public WeightModel(long size, bool tuned = false)
    {
        if (tuned) _changes = [.. MemoryMarshal.Cast<byte, ulong>(GeneratedStream.Bytes(Block, 8)).ToArray().Select(w => w & 0x0001_0001_0001_0001)];
        IEnumerable<string> members = Enumerable.Range(0, (int)((size + Tensor - 1) / Tensor)).Select(i =>
            $"\"layer.{i}\":{{\"dtype\":\"BF16\",\"shape\":[{Math.Min(Tensor, size - (long)i * Tensor) / 2}],\"data_offsets\":[{(long)i * Tensor},{Math.Min(size, (i + 1L) * Tensor)}]}}");
        string text = "{" + string.Join(',', members) + "}";
        _header = Encoding.UTF8.GetBytes("01234567" + text.PadRight((text.Length + 7) / 8 * 8));
        BinaryPrimitives.WriteInt64LittleEndian(_header, _header.Length - 8);
        Length = _header.Length + size;
    }

    public long Length { get; }

    public void Fill(long offset, Span<byte> output)
    {
        Span<ulong> words = stackalloc ulong[1024];
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
                // Whole words but at the edges of a request.
                int first = within / 8, last = (within + count + 7) / 8;
                int shift = (int)(at / Block * 8191 % (Block / 8));
                ulong mask = ((ulong)(at / Block) * 0x9E3779B97F4A7C15 >> 8) & 0x007F_007F_007F_007F;
                for (int w = first, written = 0; w < last; w += words.Length)
                {
                    Span<ulong> some = words[..Math.Min(words.Length, last - w)];
                    for (int i = 0; i < some.Length; i++) some[i] = _weights[w + i] ^ mask ^ (_changes is null ? 0 : _changes[(w + i + shift) % _changes.Length]);
                    ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(some)[(w == first ? within % 8 : 0)..];
                    bytes = bytes[..Math.Min(bytes.Length, count - written)];
                    bytes.CopyTo(output[written..]);
                    written += bytes.Length;
                }
            }
            output = output[count..];
            offset += count;
        }
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
