using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Signatures;

/// <summary>
/// The digests of up to sixteen messages at once: what is signed in place of the bytes. A message in words has an element
/// for each of them, and ends with another window of the permutation; any other has its length and an element for 3 bytes.
/// </summary>
internal sealed class MessageLanes<TPermutation>(Compressor<TPermutation> compressor) where TPermutation : struct, IPermutation<F>
{
    private const int Lanes = Compressor<TPermutation>.Lanes, Digest = HashSignature.DigestElements, Block = HashSignature.BlockElements;

    private readonly F[] _digests = new F[Digest * Lanes];
    private readonly F[][] _blocks = [.. Enumerable.Range(0, Lanes).Select(_ => new F[16 * Block])];
    private readonly int[] _counts = new int[Lanes], _last = new int[Lanes];

    /// <summary>Element i of lane s at 16 i + s.</summary>
    public ReadOnlySpan<F> Digests => _digests;

    /// <summary>Takes a message of at most <see cref="HashSignature.MaxMessageSize"/> bytes into a lane.</summary>
    public void Load(int lane, ReadOnlySpan<F> random, ReadOnlySpan<F> parameter, F index, ReadOnlySpan<byte> message)
    {
        for (int i = 0; i < random.Length; i++) _digests[Lanes * i + lane] = random[i];
        for (int i = 0; i < parameter.Length; i++) _digests[Lanes * (random.Length + i) + lane] = parameter[i];
        _digests[Lanes * (Digest - 1) + lane] = index;
        bool isWords = HashSignature.IsWords(message);
        _counts[lane] = isWords ? message.Length / HashSignature.WordBlockSize : HashSignature.BlocksOf(message.Length);
        _last[lane] = isWords ? HashSignature.LastWindow : 0;
        int elements = Block * _counts[lane];
        if (_blocks[lane].Length < elements) _blocks[lane] = new F[elements];
        Span<F> blocks = _blocks[lane].AsSpan(0, elements);
        if (isWords)
        {
            for (int i = 0; i < elements; i++) F.TryRead(message.Slice(sizeof(uint) * i, sizeof(uint)), out blocks[i]);
            return;
        }
        blocks[0] = F.FromUInt32((uint)message.Length);
        int at = 1;
        for (; message.Length >= 3; message = message[3..]) blocks[at++] = F.FromUInt32(message[0] | (uint)message[1] << 8 | (uint)message[2] << 16);
        if (!message.IsEmpty) blocks[at++] = F.FromUInt32(message[0] | (message.Length > 1 ? (uint)message[1] << 8 : 0));
        blocks[at..].Clear();
    }

    /// <summary>Works out the digests of the first lanes.</summary>
    public void Run(int lanes)
    {
        int most = 0;
        foreach (int count in _counts.AsSpan(0, lanes)) most = Math.Max(most, count);
        for (int block = 0; block < most; block++)
        {
            _digests.CopyTo(compressor.From(0));
            Span<F> input = compressor.From(Digest);
            for (int s = 0; s < lanes; s++)
            {
                if (block >= _counts[s]) continue;
                ReadOnlySpan<F> elements = _blocks[s].AsSpan(Block * block, Block);
                for (int i = 0; i < Block; i++) input[Lanes * i + s] = elements[i];
            }
            ReadOnlySpan<F> output = compressor.Run(Digest + HashSignature.LastWindow);
            for (int s = 0; s < lanes; s++)
            {
                int window = block == _counts[s] - 1 ? Lanes * _last[s] : 0;
                for (int i = s; block < _counts[s] && i < _digests.Length; i += Lanes) _digests[i] = output[window + i];
            }
        }
    }
}
