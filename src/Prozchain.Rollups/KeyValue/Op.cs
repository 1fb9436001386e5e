namespace Prozchain.Rollups.KeyValue;

/// <summary>
/// Operations of the contract machine: a stack of at most 256 words of 64 bits, unsigned, which wrap around: what a
/// processor has, and a circuit has cheaply. Operands that stand in the code follow the byte, little-endian. Below,
/// "a b → c" means that b was on top.
/// </summary>
public enum Op : byte
{
    /// <summary>Ends the run; all it wrote stays. So does the end of the code.</summary>
    Stop = 0x00,

    /// <summary>→ word; 1 byte in the code.</summary>
    Push1 = 0x01,

    /// <summary>→ word; 8 bytes in the code.</summary>
    Push8 = 0x02,

    /// <summary>a →</summary>
    Pop = 0x03,

    /// <summary>Copies the word at a depth (1 byte, 0 is the top) to the top.</summary>
    Copy = 0x04,

    /// <summary>Exchanges the top and the word at a depth (1 byte).</summary>
    Swap = 0x05,

    /// <summary>a b → a + b.</summary>
    Add = 0x10,

    /// <summary>a b → a - b.</summary>
    Subtract = 0x11,

    /// <summary>a b → a · b.</summary>
    Multiply = 0x12,

    /// <summary>a b → a / b, rounded down; fails for b = 0.</summary>
    Divide = 0x13,

    /// <summary>a b → a mod b; fails for b = 0.</summary>
    Remainder = 0x14,

    /// <summary>a b → 1 if a is below b, else 0.</summary>
    Less = 0x20,

    /// <summary>a b → 1 if they are equal, else 0.</summary>
    Equal = 0x21,

    /// <summary>a → 1 if a is 0, else 0.</summary>
    IsZero = 0x22,

    /// <summary>Goes on at a position (2 bytes); fails beyond the code.</summary>
    Jump = 0x30,

    /// <summary>a → goes on at a position (2 bytes) unless a is 0.</summary>
    JumpIf = 0x31,

    /// <summary>k0 k1 k2 k3 → what the contract keeps under that key, 0 if nothing.</summary>
    Load = 0x40,

    /// <summary>k0 k1 k2 k3 v → keeps v under that key.</summary>
    Store = 0x41,

    /// <summary>→ the four words of the caller's address' digest.</summary>
    Caller = 0x50,

    /// <summary>i → word i of the input, zeros beyond its end.</summary>
    Input = 0x51,

    /// <summary>→ the batch's time in seconds.</summary>
    Time = 0x52,

    /// <summary>r0 r1 r2 w… → a message of words (1 byte: how many, at most 16) to the settlement address in the first 20 bytes of r0 r1 r2.</summary>
    Emit = 0x60,

    /// <summary>Fails: nothing of the run stays.</summary>
    Revert = 0x70,
}
