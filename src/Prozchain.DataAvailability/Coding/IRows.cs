namespace Prozchain.DataAvailability.Coding;

/// <summary>The rows that a transform starts from or ends at, by their elements: where they lie, which ones count.</summary>
internal unsafe interface IRows
{
    /// <summary>Whether any of <paramref name="count"/> rows from <paramref name="first"/> counts: is not zero, or is asked for.</summary>
    bool Any(int first, int count);

    /// <summary>The eight rows from <paramref name="first"/> if they lie in shards as they are, at a fixed distance; else null.</summary>
    byte* Octet(int first, out nint stride);

    /// <summary>Reads a row that counts into working memory.</summary>
    void Read(int row, byte* target, nint length);

    /// <summary>Writes a row that counts from working memory.</summary>
    void Write(int row, byte* source, nint length);
}
