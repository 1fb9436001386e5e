namespace Prozchain.DataAvailability.Committees;

/// <summary>What an answer to a storage challenge is worth.</summary>
public enum ChallengeResult
{
    /// <summary>Every cell that was asked for is there and proven.</summary>
    Passed = 0,

    /// <summary>It came after the window, or nobody asked.</summary>
    NotOpen = 1,

    /// <summary>It has more or fewer cells than were asked for.</summary>
    WrongCount = 2,

    /// <summary>A cell is another than the one asked for in its place.</summary>
    WrongCell = 3,

    /// <summary>A cell is not the one that the square's roots commit to.</summary>
    BadProof = 4,
}
