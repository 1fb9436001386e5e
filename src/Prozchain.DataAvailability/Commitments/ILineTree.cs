using System.Buffers;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>One row or column, hashed: proves its cells without hashing again. Immutable.</summary>
public interface ILineTree
{
    /// <summary>The root of the line.</summary>
    ReadOnlySpan<byte> Root { get; }

    /// <summary>Writes the path that proves the cell at a position of the line: at most 4096 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The position lies outside the line.</exception>
    void Prove(int position, IBufferWriter<byte> path);
}
