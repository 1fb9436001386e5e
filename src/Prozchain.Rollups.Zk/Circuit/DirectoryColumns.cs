namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Columns of <see cref="DirectoryAir"/>.</summary>
internal static class DirectoryColumns
{
    public const int Used = 0, Created = 1;

    /// <summary>How often the entry is asked for.</summary>
    public const int Asked = 2;

    /// <summary>Bits 0 to 14, 15 to 23 and 24 to 29 of the account's number.</summary>
    public const int Number = 3;

    /// <summary>The key's 32 bytes.</summary>
    public const int Bytes = 6;

    /// <summary>Of each word of the key, whether its highest byte is 127, and the inverse of what that lacks.</summary>
    public const int IsTop = 38, TopInverse = 46;

    public const int Middle = 54, Key = 62, ValueHash = 70, Leaf = 78;

    /// <summary>The leaf, or 0 if the entry was made in the segment.</summary>
    public const int Before = 86;

    public const int Width = 94;
}
