namespace Prozchain.Shared;

/// <summary>
/// Keccak-256 with the original padding (0x01), as Ethereum uses it; not FIPS 202 SHA3-256. Rate 136 bytes.
/// A mutable value that owns no memory: keep it in a local or a field and pass it by reference.
/// </summary>
internal struct Keccak256
{
    public const int DigestSize = 32, Rate = 136;

    private KeccakState _state;
    private int _position;

    public static void Hash(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var sponge = new Keccak256();
        sponge.Update(input);
        sponge.Finish(output);
    }

    public void Update(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            int want = Math.Min(Rate - _position, input.Length);
            _state.Xor(_position, input[..want]);
            _position += want;
            input = input[want..];
            if (_position == Rate)
            {
                KeccakPermutation.Permute(ref _state);
                _position = 0;
            }
        }
    }

    /// <summary>Writes 32 bytes. The state is unchanged, so more input may follow.</summary>
    public readonly void Finish(Span<byte> output)
    {
        KeccakState state = _state;
        state.Xor(_position, [0x01]);
        state.Xor(Rate - 1, [0x80]);
        KeccakPermutation.Permute(ref state);
        state.Read(output[..DigestSize]);
    }
}
