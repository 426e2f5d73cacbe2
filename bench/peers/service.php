<?php
// The same work as Doorsync's getTotalSyncToken, by PHP's own SoapServer: look up, verify, budgets, displaced tokens, token, audit.
// And as its updateUser of a user whose name differs: user, groups, card, what terminals should hold of them, audit.
// And as its getUsers of one page: users with groups, and with credentials that are unsealed, in the same SOAP array.
// `config.php` beside it returns the connection, the keys, and what was verified a moment ago (empty: Argon2id on each call).
declare(strict_types=1);

final class Esws
{
    public function __construct(private array $config, private PDO $base)
    {
    }

    public function __call(string $name, array $given): string|array
    {
        if ($name === 'Esws.getUsers') {
            return $this->page($given);
        }
        if ($name === 'Esws.updateUser') {
            return $this->update($given);
        }
        if ($name !== 'Esws.getTotalSyncToken') {
            throw new SoapFault('Client', 'unknown operation');
        }
        [$code, $username, $password] = $given;
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

    // Positions are those of the benchmark's call: code, number, first name, last name, group, card.
    private function update(array $given): string
    {
        [$code, $number, $first, $last, $group, $card] = $given;
        $company = $this->row('SELECT * FROM companies_company WHERE code_hash = ? AND active', [$this->hash($this->config['index'], "company\0" . $code)]);
        if (!$company) {
            return 'ERROR_UNKNOWN_SECURITY_HASH';
        }
        $id = (int) $company['id'];
        $this->base->exec($this->config['begin']);
        $user = $this->row('SELECT * FROM users_user WHERE company_id = ? AND number = ?', [$id, (int) $number]);
        $groups = $this->rows('SELECT id FROM users_group WHERE company_id = ? AND name = ?', [$id, $group]);
        $owner = $this->row('SELECT user_id FROM users_credential WHERE company_id = ? AND lookup = ?', [$id, $this->hash($this->config['company'], "card:$card")]);
        if (!$user || !$groups || ($owner && $owner['user_id'] != $user['id'])) {
            $this->base->exec('ROLLBACK');
            return 'CAN_NOT_SAVE_USER';
        }
        $now = $this->at(time());
        $this->run('UPDATE users_user SET first_name = ?, last_name = ?, updated_at = ? WHERE id = ?', [$first, $last, $now, $user['id']]);
        $this->write_down($id, $now, 'user.changed', ['user' => $user['id'], 'number' => $user['number']]);
        $doors = $this->rows('SELECT DISTINCT t.id, CAST(t.limits AS text) AS limits, s.number FROM users_membership m JOIN access_accessright r ON r.group_id = m.group_id'
            . ' JOIN access_zone_terminals z ON z.zone_id = r.zone_id JOIN terminals_terminal t ON t.id = z.terminal_id'
            . ' JOIN access_timeschedule s ON s.id = r.schedule_id WHERE m.company_id = ? AND m.user_id = ?', [$id, $user['id']]);
        $cards = $this->rows('SELECT kind, sealed FROM users_credential WHERE company_id = ? AND user_id = ?', [$id, $user['id']]);
        $held = array_column($this->rows('SELECT terminal_id, wanted FROM sync_holding WHERE company_id = ? AND kind = 1 AND user_id = ?', [$id, $user['id']]), 'wanted', 'terminal_id');
        $taken = $this->rows('SELECT terminal_id FROM sync_stranger WHERE company_id = ? AND kind = 1 AND key = ?', [$id, (string) $number]);
        $values = [];
        foreach ($doors as $door) {
            $can = json_decode($door['limits'], true);
            $record = json_encode([$number, substr("$first $last", 0, $can['name_bytes'] ?? 24), count($cards), $door['number'], count($taken)]);
            $digest = substr(hash_hmac('sha256', $record, $this->config['company'], true), 0, 16);
            $before = $held[$door['id']] ?? null;
            if ((is_resource($before) ? stream_get_contents($before) : $before) !== $digest) {
                array_push($values, $id, (string) $number, $door['id'], $user['id'], $this->bytes($digest), "$first $last");
            }
        }
        if ($values) {
            $no = $this->config['postgresql'] ? 'false' : '0';
            $rows = implode(', ', array_fill(0, count($values) / 6, "(?, 1, ?, ?, ?, ?, '', ?, $no, 0, $no, CURRENT_TIMESTAMP)"));
            $this->run('INSERT INTO sync_holding (company_id, kind, key, terminal_id, user_id, wanted, refusal, label, foreseen, narrows, timed, wanted_since)'
                . " VALUES $rows ON CONFLICT (company_id, kind, key, terminal_id) DO UPDATE SET wanted = excluded.wanted, label = excluded.label,"
                . ' refusal = excluded.refusal, wanted_since = excluded.wanted_since', $values);
        }
        $this->base->exec('COMMIT');
        return (string) $number;
    }

    // Positions are those of the benchmark's call: code, page.
    private function page(array $given): string|array
    {
        [$code, $page] = $given;
        $company = $this->row('SELECT * FROM companies_company WHERE code_hash = ? AND active', [$this->hash($this->config['index'], "company\0" . $code)]);
        if (!$company) {
            return 'ERROR_UNKNOWN_SECURITY_HASH';
        }
        $id = (int) $company['id'];
        $users = $this->rows('SELECT * FROM users_user WHERE company_id = ? ORDER BY number LIMIT 1000 OFFSET ?', [$id, 1000 * ((int) $page - 1)]);
        $stands = array_column($this->rows("SELECT number, function FROM users_infofield WHERE company_id = ? AND function <> ''", [$id]), 'function', 'number');
        $first = $users[0]['number'];
        $last = end($users)['number'];
        $groups = $values = [];
        foreach ($this->rows('SELECT m.user_id, g.name FROM users_membership m JOIN users_group g ON g.id = m.group_id JOIN users_user u ON u.id = m.user_id'
            . ' WHERE m.company_id = ? AND u.number BETWEEN ? AND ? ORDER BY g.name', [$id, $first, $last]) as $row) {
            $groups[$row['user_id']][] = $row['name'];
        }
        foreach ($this->rows('SELECT c.user_id, c.kind, c.sealed FROM users_credential c JOIN users_user u ON u.id = c.user_id WHERE c.company_id = ?'
            . " AND u.number BETWEEN ? AND ? AND c.ends_at IS NULL AND c.kind IN ('pin', 'card', 'licence_plate') ORDER BY c.id", [$id, $first, $last]) as $row) {
            $sealed = is_resource($row['sealed']) ? stream_get_contents($row['sealed']) : $row['sealed'];
            $values[$row['kind']][$row['user_id']][] = openssl_decrypt(substr($sealed, 12, -16), 'aes-256-gcm', $this->config['credential'],
                OPENSSL_RAW_DATA, substr($sealed, 0, 12), substr($sealed, -16), "{$row['user_id']}:{$row['kind']}");
        }
        $rows = [];
        foreach ($users as $user) {
            $of = fn (string $kind): string => implode(';', $values[$kind][$user['id']] ?? []);
            $row = ['UserId' => (string) $user['number'], 'PIN' => $of('pin'), 'Achternaam' => $user['last_name'], 'Insertion' => $user['insertion'],
                'Voornaam' => $user['first_name'], 'Admin' => $user['admin'] ? '1' : '0', 'Security' => $user['security'] ? '1' : '0',
                'StartDate' => strtr($user['starts'], 'T', ' ') . ':00', 'ExpireDate' => strtr($user['expires'], 'T', ' ') . ':00'];
            for ($info = 1; $info <= 14; $info++) {
                $row["info$info"] = $user[$stands[$info] ?? "info$info"];
            }
            $row += ['GroupS' => implode(';', $groups[$user['id']] ?? []), 'TemplatesNr' => '0', 'wsAltUserId' => $user['external_id'],
                'CardId' => $of('card'), 'LicensePlate' => $of('licence_plate'), 'IsVisitor' => $user['visitor'] ? '1' : '0', 'Active' => $user['active'] ? '1' : '0'];
            $rows[] = new SoapVar($row, SOAP_ENC_OBJECT, 'getUsersObject', 'uen:esws');
        }
        return $rows;
    }

    private function write_down(int $company, string $now, string $event, array $subject): void
    {
        $lock = $this->config['postgresql'] ? ' FOR UPDATE' : '';
        $head = $this->row("SELECT number, hash FROM peer_chainhead WHERE company_id = ?$lock", [$company]);
        $previous = is_resource($head['hash']) ? stream_get_contents($head['hash']) : $head['hash'];
        $number = $head['number'] + 1;
        $actor = json_encode(['company_id' => $company, 'administrator_id' => null, 'via' => 'esws', 'reference' => '']);
        $text = json_encode([$company, $number, $now, $event, $actor, $subject = json_encode($subject)]);
        $hash = hash_hmac('sha256', $previous . $text, $this->config['audit'], true);
        $this->run('INSERT INTO peer_entry (company_id, number, at, event, actor, subject, previous, hash, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
            [$company, $number, $now, $event, $actor, $subject, $this->bytes($previous), $this->bytes($hash), 'key']);
        $seal = hash_hmac('sha256', 'end' . $number . $hash, $this->config['audit'], true);
        $this->run('UPDATE peer_chainhead SET number = ?, hash = ?, seal = ? WHERE company_id = ?',
            [$number, $this->bytes($hash), $this->bytes($seal), $company]);
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

    private function rows(string $statement, array $values): array
    {
        return $this->run($statement, $values)->fetchAll(PDO::FETCH_ASSOC);
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
