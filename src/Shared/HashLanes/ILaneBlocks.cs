namespace Prozchain.Shared;

/// <summary>Messages of one length, handed to a kernel block by block with one message a lane.</summary>
internal interface ILaneBlocks
{
    /// <summary>Words from one word of a block to the next.</summary>
    const int Stride = 16;

    /// <summary>Words of scratch that a source needs: a block in lanes, and its bytes padded.</summary>
    const int ScratchWords = 2 * 16 * Stride;

    /// <summary>Bytes of every message.</summary>
    int Length { get; }

    /// <summary>
    /// The 64 bytes of every message from <paramref name="offset"/> on, as 16 words of <see cref="Stride"/> lanes. Bytes
    /// beyond a message's end are zero, and then, and only then, the caller may change the block. Valid until the next call.
    /// </summary>
    ref uint Block(int offset);
}
