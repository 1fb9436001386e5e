namespace Prozchain.DataAvailability.Wire;

/// <summary>Kinds of frames; what a server sends has the high bit, but for the greeting.</summary>
internal enum FrameKind : byte
{
    Hello = 0x00,
    GetHeader = 0x01,
    GetShares = 0x02,
    Header = 0x81,
    Share = 0x82,
    Goodbye = 0x83,
}
