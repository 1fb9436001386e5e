using System.Security.Cryptography;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>
/// The random bytes that hide a witness, from a generator that is cryptographic by its type, drawn in large pieces. Owned by one
/// proof: it is never copied, so that nothing is masked twice with the same bytes.
/// </summary>
internal sealed class SecretSource(RandomNumberGenerator generator) : IUniformSource, IDisposable
{
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

    public void Dispose() => CryptographicOperations.ZeroMemory(_buffer);
}
