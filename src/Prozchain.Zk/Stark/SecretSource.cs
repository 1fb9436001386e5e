using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>
/// The random bytes that hide a witness, from a generator that is cryptographic by its type, drawn in large pieces. Owned by one
/// proof: it is never copied, so that nothing is masked twice with the same bytes.
/// </summary>
internal sealed class SecretSource(RandomNumberGenerator generator) : IUniformSource, IDisposable
{
    private const int Piece = 1 << 12;

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _used = 1 << 16;

    public void Fill(scoped Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_used == _buffer.Length)
            {
                generator.GetBytes(_buffer);
                _used = 0;
            }
            int taken = Math.Min(destination.Length, _buffer.Length - _used);
            Span<byte> bytes = _buffer.AsSpan(_used, taken);
            bytes.CopyTo(destination);
            bytes.Clear();
            _used += taken;
            destination = destination[taken..];
        }
    }

    /// <summary>Fills with uniform elements: a few instructions each, where an element at a time costs a call.</summary>
    public void Sample<TField>(Span<TField> elements) where TField : struct, IField<TField>
    {
        Span<byte> bytes = stackalloc byte[Piece];
        Stock stock = new(this, bytes);
        foreach (ref TField element in elements) element = TField.Sample(ref stock);
        CryptographicOperations.ZeroMemory(bytes);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_buffer);

    /// <summary>Bytes drawn ahead; what is left of them is thrown away.</summary>
    private ref struct Stock(SecretSource source, Span<byte> bytes) : IUniformSource
    {
        private readonly Span<byte> _bytes = bytes;
        private int _used = bytes.Length;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Fill(scoped Span<byte> destination)
        {
            if (_bytes.Length - _used < destination.Length)
            {
                source.Fill(_bytes);
                _used = 0;
            }
            _bytes.Slice(_used, destination.Length).CopyTo(destination);
            _used += destination.Length;
        }
    }
}
