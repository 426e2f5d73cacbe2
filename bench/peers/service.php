<?php
// The same work as Doorsync's getTotalSyncToken, by PHP's own SoapServer: look up, verify, budgets, displaced tokens, token, audit.
// `config.php` beside it returns the connection, the keys, and what was verified a moment ago (empty: Argon2id on each call).
declare(strict_types=1);

final class Esws
{
    public function __construct(private array $config, private PDO $base)
    {
    }

    public function __call(string $name, array $given): string
    {
        [$code, $username, $password] = $given;
        if ($name !== 'Esws.getTotalSyncToken') {
            throw new SoapFault('Client', 'unknown operation');
        }
        $company = $this->row('SELECT * FROM companies_company WHERE code_hash = ? AND active', [$this->hash($this->config['index'], "company\0" . $code)]);
        if (!$company) {
            return 'ERROR_UNKNOWN_SECURITY_HASH';
        }
        $found = $this->look_up((int) $company['id'], $username);
        if ($found['spent']) {
            throw new SoapFault('Client.Throttled', 'too many tries');
        }
        if (!$found['id'] || !$this->matches($found, $password)) {
            return 'NO ADMIN FOUND BASED ON USERNAME AND PASSWORD';
        }
        return $this->issue($company, $found);
    }

    private function look_up(int $company, string $username): array
    {
        $now = time();
        $source = '198.51.100.7/32';
        $known = $this->hash($this->config['company'], "source\0" . $source);
        $own = $this->hash($this->config['company'], "own\0" . $username . "\0" . $source);
        $shared = $this->hash($this->config['company'], "shared\0" . $source);
        $statement = 'SELECT a.*, (SELECT seen_at > ? FROM administrators_knownsource WHERE company_id = ? AND source = ?'
            . ' AND seen_at > ? AND seen_at <= ?) AS noted, EXISTS (SELECT 1 FROM administrators_attempts WHERE window_ends > ?'
            . ' AND window_ends <= ? AND (bucket = ? AND count >= ? OR bucket = ? AND count >= ?)) AS spent'
            . ' FROM (SELECT 1 AS one) anybody LEFT JOIN administrators_administrator a ON a.company_id = ? AND a.username = ?';
        return $this->row($statement, [
            $this->at($now - 86400), $company, $known, $this->at($now - 30 * 86400), $this->at($now + 60),
            $this->at($now), $this->at($now + 960), $own, 20, $shared, 100, $company, $username,
        ]);
    }

    private function matches(array $found, string $password): bool
    {
        if ($this->config['remembered']) {
            $given = hash_hmac('sha256', $found['id'] . "\0" . $found['password'] . "\0" . $password, $this->config['process'], true);
            return hash_equals($this->config['remembered'], $given);
        }
        return password_verify($password, substr($found['password'], strlen('argon2')));
    }

    private function issue(array $company, array $found): string
    {
        $token = bin2hex(random_bytes(64));
        $now = $this->at(time());
        $ends = $this->at(time() + 300);
        $this->base->exec($this->config['begin']);
        $lock = $this->config['postgresql'] ? ' FOR UPDATE' : '';
        $head = $this->row("SELECT number, hash FROM peer_chainhead WHERE company_id = ?$lock", [$company['id']]);
        $live = 'administrator_id = ? AND revoked_at IS NULL AND expires_at > ? AND (used_at IS NULL OR reusable)';
        $this->run("UPDATE peer_synctoken SET revoked_at = ? WHERE $live AND id NOT IN (SELECT id FROM peer_synctoken WHERE $live"
            . ' ORDER BY issued_at DESC, id DESC LIMIT 4)', [$now, $found['id'], $now, $found['id'], $now]);
        $id = $this->row('INSERT INTO peer_synctoken (company_id, administrator_id, digest, reusable, version, issued_at, expires_at, refusals)'
            . ' VALUES (?, ?, ?, ' . ($this->config['postgresql'] ? 'false' : '0') . ', ?, ?, ?, 0) RETURNING id',
            [$company['id'], $found['id'], $this->bytes(hash('sha256', $token, true)), $found['version'], $now, $ends])['id'];
        $previous = is_resource($head['hash']) ? stream_get_contents($head['hash']) : $head['hash'];
        $number = $head['number'] + 1;
        $actor = json_encode(['company_id' => $company['id'], 'administrator_id' => $found['id'], 'via' => 'esws', 'reference' => '']);
        $subject = json_encode(['administrator' => $found['id'], 'token' => $id, 'reusable' => 0]);
        $text = json_encode([$company['id'], $number, $now, 'token.issued', $actor, $subject]);
        $hash = hash_hmac('sha256', $previous . $text, $this->config['audit'], true);
        $this->run('INSERT INTO peer_entry (company_id, number, at, event, actor, subject, previous, hash, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
            [$company['id'], $number, $now, 'token.issued', $actor, $subject, $this->bytes($previous), $this->bytes($hash), 'key']);
        $seal = hash_hmac('sha256', 'end' . $number . $hash, $this->config['audit'], true);
        $this->run('UPDATE peer_chainhead SET number = ?, hash = ?, seal = ? WHERE company_id = ?',
            [$number, $this->bytes($hash), $this->bytes($seal), $company['id']]);
        $this->base->exec('COMMIT');
        return $token;
    }

    private function at(int $moment): string
    {
        return gmdate('Y-m-d H:i:s', $moment) . ($this->config['postgresql'] ? '+00' : '');
    }

    private function hash(string $key, string $text): array
    {
        return $this->bytes(hash_hmac('sha256', $text, $key, true));
    }

    private function bytes(string $value): array
    {
        return [$value];
    }

    private function run(string $statement, array $values): PDOStatement
    {
        $prepared = $this->base->prepare($statement);
        foreach ($values as $place => $value) {
            $prepared->bindValue($place + 1, is_array($value) ? $value[0] : $value,
                is_array($value) ? PDO::PARAM_LOB : (is_int($value) ? PDO::PARAM_INT : PDO::PARAM_STR));
        }
        $prepared->execute();
        return $prepared;
    }

    private function row(string $statement, array $values): array|false
    {
        return $this->run($statement, $values)->fetch(PDO::FETCH_ASSOC);
    }
}

$config = require __DIR__ . '/config.php';
$base = new PDO($config['dsn'], $config['user'], $config['password'], [
    PDO::ATTR_PERSISTENT => true, PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_TIMEOUT => 20,
]);
if (!$config['postgresql']) {
    $base->exec('PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL');
}
$server = new SoapServer(null, ['uri' => 'uen:esws', 'cache_wsdl' => WSDL_CACHE_NONE]);
$server->setObject(new Esws($config, $base));
$server->handle();
