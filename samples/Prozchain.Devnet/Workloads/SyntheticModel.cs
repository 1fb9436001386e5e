using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Prozchain.AI.Formats;

namespace Prozchain.Devnet.Workloads;

/// <summary>
/// A safetensors file of any size that is made while it is read: bf16 weights drawn from a normal distribution, as a trained model's are,
/// in layers of two matrices and a small vector. The same seed gives the same bytes; nothing is kept.
/// </summary>
internal sealed class SyntheticModel : Stream
{
    private const int BlockBytes = 1 << 20, TableSize = 1 << 16, Width = 4096;

    private readonly byte[] _header, _block = new byte[BlockBytes];
    private readonly ushort[] _weights = new ushort[TableSize];
    private readonly ulong _seed;
    private long _inBlock = -1;

    /// <summary>Lays out a model.</summary>
    /// <param name="bytes">About how many bytes; at least one layer.</param>
    /// <param name="seed">Of the weights.</param>
    public SyntheticModel(long bytes, ulong seed)
    {
        _seed = seed;
        var tensors = new List<(string, TensorType, ImmutableArray<long>)>();
        long left = Math.Max(bytes, Width * 2 * 3);
        for (int layer = 0; left >= Width * 2 * 3; layer++)
        {
            long rows = Math.Min(Width, (left - Width * 2) / (2 * Width * 2));
            tensors.Add((Name(layer, "norm"), TensorType.BF16, [Width]));
            tensors.Add((Name(layer, "up"), TensorType.BF16, [rows, Width]));
            tensors.Add((Name(layer, "down"), TensorType.BF16, [rows, Width]));
            left -= (2 * rows + 1) * Width * 2;
        }
        var writer = new SafetensorsWriter(tensors);
        _header = writer.Header.ToArray();
        Length = writer.Length;
        // Box and Muller (1958), of standard deviation 0.02; quantiles at random would do as well.
        var mix = new SplitMix64(seed);
        for (int i = 0; i < TableSize; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - mix.NextUnit())), angle = 2 * Math.PI * mix.NextUnit();
            _weights[i] = (ushort)(BitConverter.SingleToUInt32Bits((float)(0.02 * radius * Math.Cos(angle))) >> 16);
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int all = (int)Math.Min(buffer.Length, Math.Max(0, Length - Position));
        for (int done = 0; done < all;)
        {
            Span<byte> rest = buffer[done..all];
            int count;
            if (Position < _header.Length)
            {
                count = (int)Math.Min(rest.Length, _header.Length - Position);
                _header.AsSpan((int)Position, count).CopyTo(rest);
            }
            else
            {
                (long number, long at) = Math.DivRem(Position - _header.Length, BlockBytes);
                if (number != _inBlock) Fill(number);
                count = (int)Math.Min(rest.Length, BlockBytes - at);
                _block.AsSpan((int)at, count).CopyTo(rest);
            }
            Position += count;
            done += count;
        }
        return all;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static string Name(int layer, string part) => string.Create(CultureInfo.InvariantCulture, $"layers.{layer:D4}.{part}");

    // Four weights a draw: of each block, whatever was read before.
    private void Fill(long number)
    {
        var mix = new SplitMix64(_seed ^ (ulong)number * 0x9E3779B97F4A7C15);
        Span<ushort> weights = MemoryMarshal.Cast<byte, ushort>(_block.AsSpan());
        for (int i = 0; i < weights.Length; i += 4)
        {
            ulong draw = mix.Next();
            weights[i] = _weights[(ushort)draw];
            weights[i + 1] = _weights[(ushort)(draw >> 16)];
            weights[i + 2] = _weights[(ushort)(draw >> 32)];
            weights[i + 3] = _weights[(ushort)(draw >> 48)];
        }
        if (!BitConverter.IsLittleEndian)
            foreach (ref ushort weight in weights) weight = BinaryPrimitives.ReverseEndianness(weight);
        _inBlock = number;
    }
}
