namespace Prozchain.AI.Formats;

/// <summary>What the GGUF reader refuses to go beyond. Rank and names are ggml's limits; the others are this reader's.</summary>
internal static class GgufLimits
{
    public const int MaxTensors = 262_144;
    public const int MaxEntries = 262_144;
    public const int MaxRank = 4;
    public const int MaxKeyBytes = 65_535;

    /// <summary>ggml keeps 64 bytes for a name, the last of them zero.</summary>
    public const int MaxNameBytes = 63;

    /// <summary>Longest text of an entry that is no array.</summary>
    public const int MaxTextBytes = 4 * 1024 * 1024;

    /// <summary>Keys and texts that are held in memory, together.</summary>
    public const int MaxHeldBytes = 64 * 1024 * 1024;

    /// <summary>Everything in front of the data, arrays included, which are passed over and not held.</summary>
    public const long MaxHeaderBytes = 256L * 1024 * 1024;
}
