namespace Prozchain.Zk.Fields;

/// <summary>A stream of uniform bytes that field elements are drawn from: a transcript's challenge, a CSPRNG.</summary>
public interface IUniformSource
{
    /// <summary>Fills the destination with the next bytes of the stream.</summary>
    void Fill(scoped Span<byte> destination);
}
