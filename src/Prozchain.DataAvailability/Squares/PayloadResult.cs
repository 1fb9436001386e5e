namespace Prozchain.DataAvailability.Squares;

/// <summary>Whether the data cells of a square hold a payload.</summary>
public enum PayloadResult
{
    /// <summary>They do.</summary>
    Ok = 0,

    /// <summary>The length prefix exceeds the square's capacity.</summary>
    BadLength = 1,

    /// <summary>A byte after the payload is not zero.</summary>
    BadPadding = 2,
}
